use std::sync::Arc;

use tokio::sync::Mutex;

pub(crate) struct Frames {
    seen: Arc<Mutex<u64>>,
    bytes: Mutex<u64>,
}

impl Frames {
    /// A loop that ends by itself, with nothing but the counting in it.
    pub(crate) async fn many(&self) {
        for _ in 0..1000 {
            *self.seen.lock().await += 1;
        }
    }

    /// Another await is left in the loop.
    pub(crate) async fn forward(&self, frames: Vec<Vec<u8>>) {
        for frame in frames {
            *self.bytes.lock().await += frame.len() as u64;
            send(frame).await;
        }
    }

    /// What is spawned is no part of the loop.
    pub(crate) async fn spread(&self) {
        for _ in 0..10 {
            let seen = Arc::clone(&self.seen);
            tokio::spawn(async move {
                *seen.lock().await += 1;
            });
        }
    }

    pub(crate) async fn seen(&self) -> u64 {
        *self.seen.lock().await
    }

    pub(crate) async fn bytes(&self) -> u64 {
        *self.bytes.lock().await
    }
}

async fn send(_: Vec<u8>) {
    tokio::task::yield_now().await;
}
