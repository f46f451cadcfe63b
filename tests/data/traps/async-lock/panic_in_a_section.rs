// left: Some([1])
// naive: None
// swap: use tokio::sync::Mutex; => use std::sync::Mutex;
// swap: .lock().await => .lock().unwrap()
// end: same, safe
// words: taking it no longer goes through the runtime
use std::sync::Arc;

use tokio::sync::Mutex;

pub struct Numbers {
    all: Mutex<Vec<u32>>,
}

impl Numbers {
    pub async fn replace(&self, at: usize, number: u32) {
        self.all.lock().await[at] = number;
    }

    pub async fn copied(&self) -> Vec<u32> {
        self.all.lock().await.clone()
    }
}

pub fn run() -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let numbers = Arc::new(Numbers { all: Mutex::new(vec![1]) });
        let (first, second) = (numbers.clone(), numbers.clone());
        assert!(tokio::spawn(async move { first.replace(9, 2).await }).await.is_err());
        let copied = tokio::spawn(async move { second.copied().await }).await;
        format!("{:?}", copied.ok())
    })
}
