// reason: are kept in step
use std::collections::BTreeMap;
use std::sync::Mutex;

pub struct Pool {
    idle: Mutex<Vec<u64>>,
    busy: Mutex<BTreeMap<u64, String>>,
}

impl Pool {
    pub fn lend(&self, to: &str) {
        let mut idle = self.idle.lock().unwrap();
        if let Some(id) = idle.pop() {
            self.note(id, to);
        }
    }

    fn note(&self, id: u64, to: &str) {
        self.busy.lock().unwrap().insert(id, to.to_owned());
    }

    /// The second lock is taken behind the await, in a function of its own.
    pub async fn close(&self) {
        let mut idle = self.idle.lock().unwrap();
        idle.clear();
        farewell().await;
        self.forget();
    }

    fn forget(&self) {
        self.busy.lock().unwrap().clear();
    }
}

async fn farewell() {
    tokio::task::yield_now().await;
}
