use std::time::Duration;

use tokio::sync::{mpsc, Mutex};

struct Inbox {
    receiver: Mutex<mpsc::Receiver<u32>>,
}

impl Inbox {
    async fn next(&self) -> Option<u32> {
        let mut receiver = self.receiver.lock().await;
        tokio::select! {
            item = receiver.recv() => item,
            _ = tokio::time::sleep(Duration::from_secs(1)) => None,
        }
    }
}
