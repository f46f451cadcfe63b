// reason: are kept in step
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Mutex;

pub struct Queue {
    jobs: Mutex<VecDeque<u64>>,
    depth: AtomicUsize,
    seen: Mutex<u64>,
}

impl Queue {
    pub async fn push(&self, job: u64) {
        let mut jobs = self.jobs.lock().await;
        jobs.push_back(job);
        self.depth.store(jobs.len(), Ordering::SeqCst);
        *self.seen.lock().await += 1;
    }

    /// An atomic takes part in what the lock keeps in step.
    pub async fn clear(&self) {
        let mut jobs = self.jobs.lock().await;
        jobs.clear();
        told().await;
        self.depth.store(0, Ordering::SeqCst);
    }

    /// So does a counter that could be one.
    pub async fn reset(&self) {
        let mut jobs = self.jobs.lock().await;
        jobs.clear();
        *self.seen.lock().await = 0;
    }
}

async fn told() {
    tokio::task::yield_now().await;
}
