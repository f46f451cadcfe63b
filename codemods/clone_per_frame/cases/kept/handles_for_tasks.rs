//! Every task gets a sender, a pool and a flag of its own: the loop needs them again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

pub struct Pool {
    size: usize,
}

pub async fn fetch_all(urls: Vec<String>, pool: Arc<Pool>, stop: Arc<AtomicBool>) -> Vec<usize> {
    let (sender, mut receiver) = mpsc::channel(16);
    let mut tasks = JoinSet::new();
    for url in urls {
        let sender = sender.clone();
        let pool = Arc::clone(&pool);
        let stop = stop.clone();
        tasks.spawn(async move {
            if !stop.load(Ordering::Relaxed) {
                let _ = sender.send(url.len() + pool.size).await;
            }
        });
    }
    drop(sender);
    let mut sizes = Vec::new();
    while let Some(size) = receiver.recv().await {
        sizes.push(size);
    }
    sizes
}
