// reason: gets a task at once
use futures::stream::{FuturesUnordered, StreamExt};

pub async fn read_all(paths: Vec<String>) -> usize {
    let running = FuturesUnordered::new();
    for path in paths {
        running.push(tokio::fs::read(path));
    }
    running.collect::<Vec<_>>().await.len()
}
