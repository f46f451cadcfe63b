// level: safe
// prefer: std
use tokio::sync::Mutex;

struct Queue {
    jobs: Mutex<Vec<u64>>,
}

impl Queue {
    fn count(&self) -> usize {
        self.jobs.try_lock().map(|jobs| jobs.len()).unwrap_or(99)
    }

    async fn add(&self, job: u64) -> usize {
        let mut jobs = self.jobs.lock().await;
        let mut added = 0;
        if job > 0 {
            jobs.push(job);
            added += 1;
        }
        let left = jobs.len();
        drop(jobs);
        tokio::task::yield_now().await;
        left + added
    }
}
