// reason: works on what the guard of `self.rx` guards while it is awaited
use std::sync::Arc;

use tokio::sync::{mpsc, Mutex};

#[derive(Clone)]
pub struct Shared {
    rx: Arc<Mutex<mpsc::Receiver<u64>>>,
}

impl Shared {
    pub async fn next(&self) -> Option<u64> {
        self.rx.lock().await.recv().await
    }
}
