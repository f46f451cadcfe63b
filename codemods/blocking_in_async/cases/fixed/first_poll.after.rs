// level: review
use std::path::Path;
use std::time::Duration;

use futures::FutureExt;

pub async fn size(path: &Path) -> usize {
    tokio::fs::read(path).await.map_or(0, |bytes| bytes.len())
}

pub fn known_size(path: &Path) -> Option<usize> {
    size(path).now_or_never()
}

pub async fn either(path: &Path) -> bool {
    tokio::select! {
        biased;
        found = async { tokio::fs::read(path).await.is_ok() } => found,
        _ = std::future::ready(()) => false,
    }
}

pub async fn limited(path: &Path) -> bool {
    tokio::time::timeout(Duration::ZERO, async { tokio::fs::read(path).await.is_ok() }).await.is_ok()
}
