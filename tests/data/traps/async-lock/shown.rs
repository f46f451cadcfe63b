// left: Names { all: Mutex { data: [] } }
// naive: Names { all: Mutex { data: [], poisoned: false, .. } }
// swap: use tokio::sync::Mutex; => use std::sync::Mutex;
// swap: .lock().await => .lock().unwrap()
// end: told
// words: Debug
use tokio::sync::Mutex;

#[derive(Debug)]
pub struct Names {
    all: Mutex<Vec<String>>,
}

impl Names {
    pub async fn add(&self, name: String) {
        self.all.lock().await.push(name);
    }

    pub async fn clear(&self) {
        self.all.lock().await.clear();
    }
}

pub fn run() -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let names = Names { all: Mutex::new(Vec::new()) };
    runtime.block_on(async {
        names.add("one".to_string()).await;
        names.clear().await;
    });
    format!("{names:?}")
}
