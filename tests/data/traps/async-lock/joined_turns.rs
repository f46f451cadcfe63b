// left: opened
// naive: gave up
// swap: use tokio::sync::Mutex; => use std::sync::Mutex;
// swap: .lock().await => .lock().unwrap()
// end: kept
// words: is the only await of the loop
use std::sync::Arc;

use tokio::sync::Mutex;

pub struct Gate {
    bolts: Mutex<Vec<u32>>,
}

impl Gate {
    pub async fn wait(&self) -> &'static str {
        for _ in 0..100_000 {
            let (open, ()) = tokio::join!(self.is_open(), async {});
            if open {
                return "opened";
            }
        }
        "gave up"
    }

    async fn is_open(&self) -> bool {
        !self.bolts.lock().await.is_empty()
    }

    pub async fn open(&self, bolt: u32) {
        self.bolts.lock().await.push(bolt);
    }
}

pub fn run() -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let gate = Arc::new(Gate { bolts: Mutex::new(Vec::new()) });
        let (waits, opens) = (gate.clone(), gate.clone());
        let waiting = tokio::spawn(async move { waits.wait().await });
        tokio::spawn(async move { opens.open(1).await }).await.unwrap();
        waiting.await.unwrap().to_string()
    })
}
