// reason: on purpose, so it stays
use std::collections::BTreeMap;

use tokio::sync::Mutex;

pub struct Uploads {
    parts: Mutex<BTreeMap<u64, u64>>,
}

impl Uploads {
    pub async fn put(&self, id: u64) {
        // Hold the lock until the part is stored: who looks for it then finds it.
        let mut parts = self.parts.lock().await;
        parts.insert(id, 1);
        store(id).await;
    }

    pub async fn replace(&self, id: u64) {
        let mut parts = self.parts.lock().await;
        parts.clear();
        // No two parts may be stored at the same time.
        store(id).await;
        drop(parts);
    }
}

async fn store(id: u64) {
    tracing::debug!(id);
    tokio::task::yield_now().await;
}
