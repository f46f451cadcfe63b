// reason: what stands between is one critical section
use dashmap::mapref::entry::Entry;
use dashmap::DashMap;

/// Whoever comes meanwhile waits for what is fetched.
pub async fn filled(pages: &DashMap<u64, u64>, id: u64) {
    match pages.entry(id) {
        Entry::Occupied(_) => {}
        Entry::Vacant(entry) => {
            let page = fetched(id).await;
            entry.insert(page);
        }
    }
}

pub async fn filled_at_once(pages: &DashMap<u64, u64>, id: u64) {
    if let Entry::Vacant(entry) = pages.entry(id) {
        entry.insert(fetched(id).await);
    }
}

async fn fetched(id: u64) -> u64 {
    tokio::task::yield_now().await;
    id
}
