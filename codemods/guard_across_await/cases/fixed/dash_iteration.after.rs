use std::sync::Arc;

use dashmap::DashMap;

pub struct Worker {
    pub id: u64,
}

impl Worker {
    pub async fn stop(&self) {
        tracing::info!(id = self.id);
        tokio::task::yield_now().await;
    }
}

pub async fn stop_all(workers: &DashMap<u64, Arc<Worker>>) {
    for worker in workers
        .iter()
        .map(|entry| Arc::clone(entry.value()))
        .collect::<Vec<_>>()
    {
        worker.stop().await;
    }
}
