// reason: take what is needed out of it in the scrutinee
use dashmap::mapref::entry::Entry;
use dashmap::DashMap;
use tokio::sync::mpsc::Sender;

pub async fn sent(peers: &DashMap<u32, Sender<u32>>, id: u32, other: &Sender<u32>) {
    match peers.entry(id) {
        Entry::Occupied(entry) => {
            let _ = entry.get().send(1).await;
        }
        Entry::Vacant(_) => {
            let _ = other.send(id).await;
        }
    }
}

/// Others see that it was tried while the entry is locked.
pub async fn tried(peers: &DashMap<u32, Sender<u32>>, id: u32, other: &Sender<u32>) {
    if let Entry::Occupied(entry) = peers.entry(id) {
        let _ = other.try_send(id);
        let _ = entry.get().send(1).await;
    }
}
