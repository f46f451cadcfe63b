// one at most; a stream's items come one by one
use futures::StreamExt;

pub fn maybe(path: Option<String>) -> Option<tokio::task::JoinHandle<bool>> {
    path.map(|path| tokio::spawn(async move { tokio::fs::read(path).await.is_ok() }))
}

pub async fn each(paths: impl futures::Stream<Item = String> + Unpin, most: usize) -> usize {
    paths
        .map(|path| tokio::spawn(async move { tokio::fs::read(path).await.is_ok() }))
        .buffer_unordered(most)
        .count()
        .await
}
