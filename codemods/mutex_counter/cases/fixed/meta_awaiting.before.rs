// level: review
//! The guard lives on over work that is awaited, and nothing but a count is done with it.

use std::sync::{Arc, Mutex};

struct Meta {
    counter: u64,
}

async fn handle(meta: Arc<Mutex<Meta>>) {
    // lock per request
    let mut m = meta.lock().unwrap();
    m.counter += 1;
    // heavy work while holding lock
    heavy_work().await;
}

async fn heavy_work() {
    tokio::time::sleep(std::time::Duration::from_millis(1)).await;
}

pub async fn serve() {
    let meta = Arc::new(Mutex::new(Meta { counter: 0 }));
    for _ in 0..10 {
        handle(meta.clone()).await;
    }
}

pub(crate) struct Gate {
    calls: tokio::sync::Mutex<u64>,
    bytes: parking_lot::Mutex<u64>,
    tried: Mutex<u32>,
}

impl Gate {
    pub(crate) async fn call(&self) -> u64 {
        let mut calls = self.calls.lock().await;
        *calls += 1;
        heavy_work().await;
        7
    }

    pub(crate) async fn send(&self, data: &[u8]) {
        {
            let mut bytes = self.bytes.lock();
            *bytes = *bytes + data.len() as u64;
            for _ in data {
                heavy_work().await;
            }
        }
        println!("sent");
    }

    pub(crate) async fn attempt(&self) {
        if let Ok(mut tried) = self.tried.lock() {
            *tried += 1;
            tokio::join!(heavy_work(), heavy_work());
        }
    }

    pub(crate) async fn told(&self) {
        println!("{}", *self.calls.lock().await);
        println!("{}", *self.bytes.lock());
        println!("{}", *self.tried.lock().unwrap());
    }
}
