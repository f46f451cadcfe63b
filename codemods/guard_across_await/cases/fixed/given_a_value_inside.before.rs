use tokio::sync::Mutex;

pub struct Meter {
    count: Mutex<u64>,
}

impl Meter {
    /// `level` gets its value under the lock, and is needed after it.
    pub async fn level(&self) -> &'static str {
        let count = self.count.lock().await;
        let level;
        if *count > 100 {
            level = "high";
        } else {
            level = "low";
        }
        report(level).await;
        level
    }
}

async fn report(level: &str) {
    tracing::debug!(level);
    tokio::task::yield_now().await;
}
