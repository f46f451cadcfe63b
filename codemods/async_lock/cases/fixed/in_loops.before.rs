// level: review
// prefer: std
use std::time::Duration;

use tokio::sync::{mpsc, Mutex};

struct Pool {
    idle: Mutex<Vec<u32>>,
}

impl Pool {
    async fn feed(&self, mut incoming: mpsc::Receiver<u32>) {
        while let Some(id) = incoming.recv().await {
            self.idle.lock().await.push(id);
        }
    }

    async fn sweep(&self) {
        loop {
            tokio::time::sleep(Duration::from_secs(60)).await;
            self.idle.lock().await.retain(|id| *id != 0);
        }
    }

    async fn fill(&self) {
        for id in 0..64 {
            check(id);
            self.idle.lock().await.push(id);
        }
    }
}

fn check(_: u32) {}
