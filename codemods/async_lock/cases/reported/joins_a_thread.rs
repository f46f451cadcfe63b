// reason: waits for another thread under the lock
use std::thread::JoinHandle;

use tokio::sync::Mutex;

struct Worker {
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Worker {
    async fn stop(&self) {
        if let Some(thread) = self.thread.lock().await.take() {
            let _ = thread.join();
        }
    }

    async fn is_alive(&self) -> bool {
        self.thread.lock().await.is_some()
    }
}
