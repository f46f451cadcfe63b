// level: safe
// prefer: std

use std::sync::{Mutex, PoisonError, TryLockError};

struct Queue {
    jobs: Mutex<Vec<u64>>,
}

impl Queue {
    fn count(&self) -> usize {
        self.jobs
            .try_lock()
            .or_else(|e| match e {
                TryLockError::Poisoned(p) => Ok(p.into_inner()),
                e => Err(e),
            })
            .map(|jobs| jobs.len())
            .unwrap_or(99)
    }

    async fn add(&self, job: u64) -> usize {
        let (added, left) = {
            let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
            let mut added = 0;
            if job > 0 {
                jobs.push(job);
                added += 1;
            }
            let left = jobs.len();
            (added, left)
        };
        tokio::task::yield_now().await;
        left + added
    }
}
