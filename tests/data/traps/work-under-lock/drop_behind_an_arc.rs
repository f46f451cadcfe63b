// left: held held
// naive: free free
// swap: *self.all.lock().unwrap() = HashMap::new(); => let old = std::mem::take(&mut *self.all.lock().unwrap()); drop(old);
// swap: *self.jobs.lock().unwrap() = Vec::new(); => let old = std::mem::take(&mut *self.jobs.lock().unwrap()); drop(old);
// end: kept
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

static TABLE: OnceLock<Table> = OnceLock::new();
static SEEN: Mutex<Vec<&str>> = Mutex::new(Vec::new());

type Job = Box<dyn Fn() -> usize + Send>;

#[derive(Default)]
pub struct Table {
    all: Mutex<HashMap<u32, Arc<Session>>>,
    jobs: Mutex<Vec<Job>>,
}

pub struct Session(fn(&Table) -> bool);

impl Drop for Session {
    fn drop(&mut self) {
        let free = self.0(TABLE.get().unwrap());
        SEEN.lock().unwrap().push(if free { "free" } else { "held" });
    }
}

impl Table {
    pub async fn clear(&self) {
        *self.all.lock().unwrap() = HashMap::new();
    }

    pub async fn stop(&self) {
        *self.jobs.lock().unwrap() = Vec::new();
    }
}

pub fn run() -> String {
    let table = TABLE.get_or_init(Table::default);
    let session = Session(|table| table.all.try_lock().is_ok());
    table.all.lock().unwrap().insert(1, Arc::new(session));
    let session = Session(|table| table.jobs.try_lock().is_ok());
    table.jobs.lock().unwrap().push(Box::new(move || std::mem::size_of_val(&session)));
    futures::executor::block_on(async {
        table.clear().await;
        table.stop().await;
    });
    SEEN.lock().unwrap().join(" ")
}
