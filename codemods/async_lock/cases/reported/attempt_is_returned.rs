// reason: the error of the attempt is returned
use tokio::sync::{Mutex, TryLockError};

struct Queue {
    jobs: Mutex<Vec<u64>>,
}

impl Queue {
    fn count(&self) -> Result<usize, TryLockError> {
        Ok(self.jobs.try_lock()?.len())
    }

    async fn push(&self, job: u64) {
        self.jobs.lock().await.push(job);
    }
}
