use std::sync::Arc;

use dashmap::mapref::entry::Entry;
use dashmap::DashMap;
use tokio::sync::mpsc::Sender;
use tokio::sync::Mutex;

pub async fn sent(peers: &DashMap<u32, Sender<u32>>, id: u32) -> bool {
    match peers.entry(id) {
        Entry::Occupied(entry) => entry.get().send(1).await.is_ok(),
        Entry::Vacant(_) => false,
    }
}

pub async fn counted(slots: &DashMap<u32, Arc<Mutex<u32>>>, id: u32) {
    match slots.entry(id) {
        Entry::Occupied(entry) => {
            let slot = entry.get();
            *slot.lock().await += 1;
            *entry.get().lock().await += 1;
        }
        Entry::Vacant(entry) => {
            entry.insert(Arc::new(Mutex::new(1)));
        }
    }
}

pub async fn found(peers: &DashMap<u32, Sender<u32>>, id: u32) -> bool {
    if let Entry::Occupied(entry) = peers.entry(id) {
        return entry.get().send(1).await.is_ok();
    }
    false
}
