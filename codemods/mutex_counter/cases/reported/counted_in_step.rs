// reason: the two are kept in step

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::Mutex;

/// Whoever has the lock finds both numbers of the same moment.
pub(crate) struct Replies {
    replied: Mutex<u64>,
    written: AtomicU64,
}

impl Replies {
    async fn write(&self) {
        tokio::time::sleep(Duration::from_millis(1)).await;
        self.written.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) async fn reply(&self) {
        let mut replied = self.replied.lock().await;
        *replied += 1;
        self.write().await;
    }

    pub(crate) async fn lost(&self) -> u64 {
        let replied = self.replied.lock().await;
        let written = self.written.load(Ordering::SeqCst);
        *replied - written
    }
}
