// level: safe

use std::sync::Arc;

use tokio::sync::Mutex;

pub(crate) struct Relay {
    forwarded: Arc<Mutex<u64>>,
    dropped: Arc<Mutex<u32>>,
    next_id: Mutex<u64>,
}

impl Relay {
    pub(crate) fn new() -> Self {
        Self {
            forwarded: Arc::new(Mutex::new(0)),
            dropped: Arc::new(Mutex::new(0)),
            next_id: Mutex::const_new(1),
        }
    }

    async fn next_id(&self) -> u64 {
        let mut id = self.next_id.lock().await;
        *id += 1;
        *id
    }

    pub(crate) async fn forward(&self, frames: Vec<Vec<u8>>) -> u64 {
        let forwarded = self.forwarded.clone();
        let dropped = self.dropped.clone();
        let task = tokio::spawn(async move {
            for frame in frames {
                if frame.is_empty() {
                    *dropped.lock().await += 1;
                    continue;
                }
                {
                    let mut count = forwarded.lock().await;
                    *count += 1;
                }
                tokio::task::yield_now().await;
            }
        });
        let _ = task.await;
        self.next_id().await
    }

    pub(crate) async fn forwarded(&self) -> u64 {
        let forwarded = self.forwarded.lock().await;
        *forwarded
    }

    pub(crate) fn dropped_blocking(&self) -> u32 {
        *self.dropped.blocking_lock()
    }
}
