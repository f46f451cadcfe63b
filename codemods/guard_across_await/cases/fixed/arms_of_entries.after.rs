use std::collections::{btree_map, hash_map, BTreeMap, HashMap};
use std::sync::Arc;

use dashmap::mapref::entry::Entry;
use dashmap::DashMap;
use tokio::sync::Mutex;

/// A number is read, and the entry is needed no more.
pub async fn occupied(counts: &DashMap<u64, u64>, id: u64) {
    match counts.entry(id) {
        Entry::Occupied(entry) => {
            let count = *entry.get();
            drop(entry);
            counted(count).await;
        }
        Entry::Vacant(entry) => {
            entry.insert(1);
        }
    }
}

/// What is inserted takes the entry, and the shard is let go.
pub async fn both(counts: &DashMap<u64, u64>, id: u64) {
    match counts.entry(id) {
        Entry::Occupied(mut entry) => {
            *entry.get_mut() += 1;
            drop(entry);
            counted(id).await;
        }
        Entry::Vacant(entry) => {
            entry.insert(1);
            counted(1).await;
        }
    }
}

/// What `insert` gives is a lock of its own.
pub async fn inserted(counts: &DashMap<u64, u64>, id: u64) {
    if let Entry::Vacant(entry) = counts.entry(id) {
        let inserted = *entry.insert(3);
        counted(inserted).await;
    }
}

pub async fn or_default(lists: &DashMap<u64, Vec<u64>>, id: u64) {
    lists.entry(id).or_default().push(id);
    counted(id).await;
}

/// Under a lock it is that of the map.
pub async fn under_a_lock(counts: &Mutex<HashMap<u64, u64>>, id: u64) {
    let mut counts = counts.lock().await;
    if let hash_map::Entry::Vacant(entry) = counts.entry(id) {
        entry.insert(3);
        drop(counts);
        counted(id).await;
    }
}

pub async fn taken_out(names: &Mutex<BTreeMap<u64, Arc<String>>>, id: u64) {
    let mut names = names.lock().await;
    match names.entry(id) {
        btree_map::Entry::Occupied(entry) => {
            let name = entry.remove();
            drop(names);
            counted(name.len() as u64).await;
        }
        btree_map::Entry::Vacant(entry) => {
            entry.insert(Arc::default());
        }
    }
}

async fn counted(count: u64) {
    tracing::debug!(count);
    tokio::task::yield_now().await;
}
