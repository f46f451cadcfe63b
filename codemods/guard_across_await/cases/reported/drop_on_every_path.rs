// reason: works on what `log` guards while it is awaited
use tokio::sync::RwLock;

pub struct Log(u64);

impl Log {
    async fn flush(&self) -> u64 {
        tokio::task::yield_now().await;
        self.0
    }
}

/// Without its `drop` the lock would be held over the last await where nothing is urgent.
pub async fn rotate(log: &RwLock<Log>, urgent: bool) {
    let log = log.read().await;
    if urgent {
        let count = log.flush().await;
        announce(count).await;
    }
    drop(log);
    announce(0).await;
}

async fn announce(count: u64) {
    tracing::debug!(count);
    tokio::task::yield_now().await;
}
