use std::collections::HashSet;
use std::sync::Arc;

use tokio::sync::Mutex;
use tokio::task::JoinSet;

pub type Seen = Arc<Mutex<HashSet<String>>>;

pub async fn crawl(seen: Seen, urls: Vec<String>) -> usize {
    let mut tasks = JoinSet::new();
    for url in urls {
        let seen = seen.clone();
        tasks.spawn(async move {
            if !seen.lock().await.insert(url.clone()) {
                return 0;
            }
            fetch(&url).await
        });
    }
    let mut total = 0;
    while let Some(found) = tasks.join_next().await {
        total += found.unwrap_or_default();
    }
    total
}

async fn fetch(url: &str) -> usize {
    tokio::task::yield_now().await;
    url.len()
}
