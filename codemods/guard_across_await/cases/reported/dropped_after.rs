// reason: the lock is held that long on purpose, or the drop belongs further up
use std::collections::BTreeSet;

use tokio::sync::Mutex;

pub struct Leases {
    held: Mutex<BTreeSet<u64>>,
}

impl Leases {
    pub async fn take(&self, id: u64) -> bool {
        let mut held = self.held.lock().await;
        let new = held.insert(id);
        replicate(id).await;
        drop(held);
        new
    }
}

async fn replicate(id: u64) {
    tracing::debug!(id);
    tokio::task::yield_now().await;
}
