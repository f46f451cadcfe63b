// reason: `entry` is bound by a pattern and needed up to `tokio::task::yield_now()`
use dashmap::mapref::entry::Entry;
use dashmap::DashMap;
use tokio::sync::mpsc::Sender;

pub async fn removed(peers: &DashMap<u32, Sender<u32>>, id: u32, stale: bool) {
    if let Entry::Occupied(entry) = peers.entry(id) {
        if stale {
            entry.remove();
        }
        tokio::task::yield_now().await;
    }
}
