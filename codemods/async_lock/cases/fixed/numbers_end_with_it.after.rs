// level: safe
// prefer: std

use std::sync::{Mutex, PoisonError};

struct Queue {
    jobs: Mutex<Vec<u64>>,
}

impl Queue {
    async fn take(&self, name: &str) -> Option<u64> {
        let job = {
            let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
            let first = jobs.len();
            let shown = &name[1..];
            if first > shown.len() {
                jobs.push(1);
            }
            jobs.pop()
        };
        tokio::task::yield_now().await;
        job
    }
}
