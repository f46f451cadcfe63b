// reason: All futures of `paths.into_iter().map(..)` run at once
use futures::stream::{FuturesUnordered, StreamExt};

pub async fn read_all(paths: Vec<String>) -> usize {
    let running: FuturesUnordered<_> =
        paths.into_iter().map(|path| async move { tokio::fs::read(path).await }).collect();
    running.filter(|read| futures::future::ready(read.is_ok())).count().await
}
