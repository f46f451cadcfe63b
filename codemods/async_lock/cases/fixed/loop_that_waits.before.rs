// level: safe
// prefer: std
use std::time::Duration;

use tokio::sync::mpsc::Receiver;
use tokio::sync::Mutex;

struct Totals {
    sum: Mutex<u64>,
}

impl Totals {
    async fn add(&self, n: u64) {
        *self.sum.lock().await += n;
    }

    async fn collect(&self, mut from: Receiver<u64>) {
        while let Some(n) = from.recv().await {
            self.add(n).await;
        }
    }

    async fn until(&self, least: u64) {
        loop {
            if *self.sum.lock().await >= least {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}
