//! Copies made for a task although the original is not used again.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

pub struct Pool {
    size: usize,
}

pub async fn probe_all(hosts: Vec<String>, pool: Arc<Pool>, banner: String) -> usize {
    let mut tasks = JoinSet::new();
    for host in hosts {
        let host = host.clone();
        let pool = pool.clone();
        tasks.spawn(async move {
            tokio::time::sleep(Duration::from_millis(5)).await;
            host.len() + pool.size
        });
    }
    let greeting = banner.clone();
    let last = pool.clone();
    tasks.spawn(async move { greeting.len() + last.size });
    let mut open = 0;
    while let Some(Ok(seen)) = tasks.join_next().await {
        open += seen;
    }
    open
}
