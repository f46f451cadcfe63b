// reason: `.lock_owned()` gives a guard that is handed around
use std::sync::Arc;

use tokio::sync::Mutex;

struct Jobs {
    running: Arc<Mutex<Vec<u32>>>,
}

impl Jobs {
    async fn add(&self, id: u32) {
        self.running.lock().await.push(id);
    }

    async fn take(&self) -> usize {
        let running = Arc::clone(&self.running).lock_owned().await;
        running.len()
    }
}
