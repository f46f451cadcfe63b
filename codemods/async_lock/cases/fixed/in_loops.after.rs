// level: review
// prefer: std
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;

struct Pool {
    idle: Mutex<Vec<u32>>,
}

impl Pool {
    async fn feed(&self, mut incoming: mpsc::Receiver<u32>) {
        while let Some(id) = incoming.recv().await {
            self.idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(id);
        }
    }

    async fn sweep(&self) {
        loop {
            tokio::time::sleep(Duration::from_secs(60)).await;
            self.idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .retain(|id| *id != 0);
        }
    }

    async fn fill(&self) {
        for id in 0..64 {
            check(id);
            self.idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(id);
        }
    }
}

fn check(_: u32) {}
