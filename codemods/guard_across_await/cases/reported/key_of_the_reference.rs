// reason: works on what `slot` guards
use std::sync::Arc;

use dashmap::DashMap;
use tokio::sync::RwLock;

pub struct Hub {
    slots: DashMap<u64, Arc<RwLock<Vec<u64>>>>,
}

impl Hub {
    /// The key is the reference's own, not the handle's.
    pub async fn push(&self, id: u64) {
        if let Some(slot) = self.slots.get(&id) {
            slot.write().await.push(*slot.key());
        }
    }
}
