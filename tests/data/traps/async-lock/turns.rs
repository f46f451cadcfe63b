// left: opened
// naive: gave up
// swap: use tokio::sync::Mutex; => use std::sync::Mutex;
// swap: .lock().await => .lock().unwrap()
// end: kept
// words: is the only await of the loop
use std::sync::Arc;

use tokio::sync::Mutex;

pub struct Door {
    keys: Mutex<Vec<u32>>,
}

impl Door {
    pub async fn wait(&self) -> &'static str {
        let mut turns = 0;
        while self.keys.lock().await.is_empty() {
            turns += 1;
            if turns > 100_000 {
                return "gave up";
            }
        }
        "opened"
    }

    pub async fn open(&self, key: u32) {
        self.keys.lock().await.push(key);
    }
}

pub fn run() -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let door = Arc::new(Door { keys: Mutex::new(Vec::new()) });
        let (waits, opens) = (door.clone(), door.clone());
        let waiting = tokio::spawn(async move { waits.wait().await });
        tokio::spawn(async move { opens.open(1).await }).await.unwrap();
        waiting.await.unwrap().to_string()
    })
}
