// reason: would change the order of effects
use std::collections::HashMap;

use parking_lot::Mutex;

pub struct Sequencer {
    next: Mutex<HashMap<u64, u64>>,
}

impl Sequencer {
    /// What `stamp` does comes before what is removed.
    pub async fn send(&self, id: u64) -> u64 {
        let mut next = self.next.lock();
        deliver(stamp(id), next.remove(&id).unwrap_or(0)).await
    }
}

fn stamp(id: u64) -> u64 {
    id * 2
}

async fn deliver(stamp: u64, next: u64) -> u64 {
    tokio::task::yield_now().await;
    stamp + next
}
