// level: review
//! The guard lives on over work that is awaited, and nothing but a count is done with it.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::Arc;

struct Meta {
    counter: AtomicU64,
}

async fn handle(meta: Arc<Meta>) {
    // lock per request
    meta.counter.fetch_add(1, Ordering::Relaxed);
    // heavy work while holding lock
    heavy_work().await;
}

async fn heavy_work() {
    tokio::time::sleep(std::time::Duration::from_millis(1)).await;
}

pub async fn serve() {
    let meta = Arc::new(Meta {
        counter: AtomicU64::new(0),
    });
    for _ in 0..10 {
        handle(meta.clone()).await;
    }
}

pub(crate) struct Gate {
    calls: AtomicU64,
    bytes: AtomicU64,
    tried: AtomicU32,
}

impl Gate {
    pub(crate) async fn call(&self) -> u64 {
        self.calls.fetch_add(1, Ordering::Relaxed);
        heavy_work().await;
        7
    }

    pub(crate) async fn send(&self, data: &[u8]) {
        {
            self.bytes.fetch_add(data.len() as u64, Ordering::Relaxed);
            for _ in data {
                heavy_work().await;
            }
        }
        println!("sent");
    }

    pub(crate) async fn attempt(&self) {
        {
            self.tried.fetch_add(1, Ordering::Relaxed);
            tokio::join!(heavy_work(), heavy_work());
        }
    }

    pub(crate) async fn told(&self) {
        println!("{}", self.calls.load(Ordering::Relaxed));
        println!("{}", self.bytes.load(Ordering::Relaxed));
        println!("{}", self.tried.load(Ordering::Relaxed));
    }
}
