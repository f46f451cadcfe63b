// reason: where its guard goes is not followed
use tokio::sync::{Mutex, MutexGuard};

struct Jobs {
    running: Mutex<Vec<u32>>,
}

impl Jobs {
    async fn lock(&self) -> MutexGuard<'_, Vec<u32>> {
        self.running.lock().await
    }

    async fn add(&self, id: u32) {
        self.lock().await.push(id);
    }
}
