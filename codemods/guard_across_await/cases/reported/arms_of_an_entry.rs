// reason: `entry` is used again on line
use dashmap::mapref::entry::Entry;
use dashmap::DashMap;

pub struct Seen {
    counts: DashMap<u64, u32>,
}

impl Seen {
    pub async fn see(&self, id: u64) {
        match self.counts.entry(id) {
            Entry::Occupied(mut entry) => {
                *entry.get_mut() += audit(*entry.get()).await;
            }
            Entry::Vacant(entry) => {
                entry.insert(audit(0).await);
            }
        }
    }
}

async fn audit(count: u32) -> u32 {
    tracing::debug!(count);
    tokio::task::yield_now().await;
    1
}
