// reason: works on what `entry` guards while it is awaited
use dashmap::mapref::entry::Entry;
use dashmap::DashMap;
use tokio::sync::mpsc::Sender;

pub async fn removed(peers: &DashMap<u32, Sender<u32>>, id: u32) {
    if let Entry::Occupied(entry) = peers.entry(id) {
        if entry.get().send(1).await.is_err() {
            entry.remove();
        }
    }
}
