// left: opened
// naive: gave up
// swap: use tokio::sync::Mutex; => use std::sync::Mutex;
// swap: .lock().await => .lock().unwrap()
// end: kept
// words: is the only await of the loop
use std::sync::Arc;

use tokio::sync::Mutex;

pub struct Window {
    panes: Mutex<Vec<u32>>,
}

impl Window {
    pub async fn wait(&self) -> &'static str {
        for _ in 0..100_000 {
            std::future::ready(()).await;
            if self.is_open().await {
                return "opened";
            }
        }
        "gave up"
    }

    async fn is_open(&self) -> bool {
        !self.panes.lock().await.is_empty()
    }

    pub async fn open(&self, pane: u32) {
        self.panes.lock().await.push(pane);
    }
}

pub fn run() -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let window = Arc::new(Window { panes: Mutex::new(Vec::new()) });
        let (waits, opens) = (window.clone(), window.clone());
        let waiting = tokio::spawn(async move { waits.wait().await });
        tokio::spawn(async move { opens.open(1).await }).await.unwrap();
        waiting.await.unwrap().to_string()
    })
}
