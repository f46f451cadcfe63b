// level: safe
// prefer: std
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc::Receiver;

struct Totals {
    sum: Mutex<u64>,
}

impl Totals {
    async fn add(&self, n: u64) {
        *self.sum.lock().unwrap_or_else(PoisonError::into_inner) += n;
    }

    async fn collect(&self, mut from: Receiver<u64>) {
        while let Some(n) = from.recv().await {
            self.add(n).await;
        }
    }

    async fn until(&self, least: u64) {
        loop {
            if *self.sum.lock().unwrap_or_else(PoisonError::into_inner) >= least {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}
