use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

pub(crate) struct Frames {
    seen: Arc<AtomicU64>,
    bytes: AtomicU64,
}

impl Frames {
    /// A loop that ends by itself, with nothing but the counting in it.
    pub(crate) async fn many(&self) {
        for _ in 0..1000 {
            self.seen.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Another await is left in the loop.
    pub(crate) async fn forward(&self, frames: Vec<Vec<u8>>) {
        for frame in frames {
            self.bytes.fetch_add(frame.len() as u64, Ordering::Relaxed);
            send(frame).await;
        }
    }

    /// What is spawned is no part of the loop.
    pub(crate) async fn spread(&self) {
        for _ in 0..10 {
            let seen = Arc::clone(&self.seen);
            tokio::spawn(async move {
                seen.fetch_add(1, Ordering::Relaxed);
            });
        }
    }

    pub(crate) async fn seen(&self) -> u64 {
        self.seen.load(Ordering::Relaxed)
    }

    pub(crate) async fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

async fn send(_: Vec<u8>) {
    tokio::task::yield_now().await;
}
