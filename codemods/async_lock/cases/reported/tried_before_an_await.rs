// reason: something is awaited while the result of the attempt is a part of the future
use tokio::sync::Mutex;

struct Jobs {
    open: Mutex<Vec<u32>>,
}

async fn rest() {}

impl Jobs {
    async fn take(&self) -> Option<u32> {
        match self.open.try_lock() {
            Ok(mut open) => open.pop(),
            Err(_) => {
                rest().await;
                None
            }
        }
    }

    async fn add(&self, job: u32) {
        self.open.lock().await.push(job);
    }
}
