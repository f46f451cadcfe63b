// level: safe

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::Arc;

pub(crate) struct Relay {
    forwarded: Arc<AtomicU64>,
    dropped: Arc<AtomicU32>,
    next_id: AtomicU64,
}

impl Relay {
    pub(crate) fn new() -> Self {
        Self {
            forwarded: Arc::new(AtomicU64::new(0)),
            dropped: Arc::new(AtomicU32::new(0)),
            next_id: AtomicU64::new(1),
        }
    }

    async fn next_id(&self) -> u64 {
        self.next_id.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) async fn forward(&self, frames: Vec<Vec<u8>>) -> u64 {
        let forwarded = self.forwarded.clone();
        let dropped = self.dropped.clone();
        let task = tokio::spawn(async move {
            for frame in frames {
                if frame.is_empty() {
                    dropped.fetch_add(1, Ordering::Relaxed);
                    continue;
                }
                forwarded.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
            }
        });
        let _ = task.await;
        self.next_id().await
    }

    pub(crate) async fn forwarded(&self) -> u64 {
        self.forwarded.load(Ordering::Relaxed)
    }

    pub(crate) fn dropped_blocking(&self) -> u32 {
        self.dropped.load(Ordering::Relaxed)
    }
}
