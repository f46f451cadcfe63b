use dashmap::mapref::entry::Entry;
use dashmap::DashMap;
use tokio::sync::mpsc::Sender;

/// What is taken out of the map takes the entry, and lets go of the shard.
pub async fn taken_out(peers: &DashMap<u32, Sender<u32>>, id: u32) -> bool {
    match peers.entry(id) {
        Entry::Occupied(entry) => {
            let peer = entry.remove();
            peer.send(1).await.is_ok()
        }
        Entry::Vacant(entry) => {
            let id = entry.into_key();
            tokio::time::sleep(std::time::Duration::from_millis(id.into())).await;
            false
        }
    }
}

pub async fn at_once(peers: &DashMap<u32, Sender<u32>>, id: u32) {
    if let Entry::Occupied(entry) = peers.entry(id) {
        let _ = entry.remove().send(1).await;
    }
    let Entry::Occupied(entry) = peers.entry(id + 1) else {
        return;
    };
    let (id, peer) = entry.remove_entry();
    let _ = peer.send(id).await;
}
