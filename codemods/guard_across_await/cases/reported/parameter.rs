// reason: comes in as a parameter
use tokio::sync::RwLockWriteGuard;

pub async fn compact(mut segments: RwLockWriteGuard<'_, Vec<Vec<u8>>>) -> usize {
    segments.retain(|segment| !segment.is_empty());
    sync(segments.len()).await
}

async fn sync(count: usize) -> usize {
    tokio::task::yield_now().await;
    count
}
