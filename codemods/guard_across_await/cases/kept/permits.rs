use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub struct Pool {
    slots: Arc<Semaphore>,
}

impl Pool {
    /// A permit is there to be held while the work is done.
    pub async fn run(&self, job: u64) -> anyhow::Result<u64> {
        let permit = self.slots.acquire().await?;
        let done = work(job).await;
        drop(permit);
        let _slot = self.slots.clone().acquire_owned().await?;
        work(done).await;
        Ok(done)
    }

    async fn later(permit: OwnedSemaphorePermit, job: u64) -> u64 {
        let done = work(job).await;
        drop(permit);
        done
    }
}

async fn work(job: u64) -> u64 {
    tokio::task::yield_now().await;
    job + 1
}
