use futures::stream::{self, StreamExt};

pub async fn read_all(paths: Vec<String>) -> usize {
    stream::iter(paths)
        .map(|path| async move { tokio::fs::read(path).await })
        .buffer_unordered(16)
        .filter(|read| futures::future::ready(read.is_ok()))
        .count()
        .await
}
