// reason: the guard is given away
use std::future::Future;

use tokio::sync::{Mutex, MutexGuard};

struct Jobs {
    running: Mutex<Vec<u32>>,
}

fn count(guard: MutexGuard<'_, Vec<u32>>) -> usize {
    guard.len()
}

impl Jobs {
    async fn count(&self) -> usize {
        let running = self.running.lock().await;
        count(running)
    }
}
