use std::future::Future;
use std::sync::{Arc, Mutex};

pub struct Spawner {
    jobs: Arc<Mutex<Vec<u64>>>,
}

impl Spawner {
    /// What the spawned task awaits is not awaited here.
    pub async fn start(&self) -> usize {
        tokio::task::yield_now().await;
        let mut jobs = self.jobs.lock().unwrap();
        let next = jobs.len() as u64;
        tokio::spawn(async move {
            work(next).await;
        });
        let later = move || async move { work(next).await };
        spawn_later(later);
        jobs.push(next);
        jobs.len()
    }

    pub fn now(&self) -> u64 {
        let jobs = self.jobs.lock().unwrap();
        let sum = jobs.iter().sum();
        futures::executor::block_on(async { work(sum).await });
        sum
    }

    pub async fn blocking(&self) -> u64 {
        let jobs = self.jobs.clone();
        tokio::task::spawn_blocking(move || {
            let jobs = jobs.lock().unwrap();
            jobs.iter().sum()
        })
        .await
        .unwrap_or_default()
    }
}

async fn work(job: u64) {
    tracing::debug!(job);
    tokio::task::yield_now().await;
}

fn spawn_later<F: Future<Output = ()> + Send + 'static>(task: impl FnOnce() -> F) {
    tokio::spawn(task());
}
