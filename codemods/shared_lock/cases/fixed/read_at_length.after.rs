// level: review
use std::collections::HashMap;
use std::sync::{Arc, RwLock};

struct Index {
    entries: RwLock<HashMap<String, Vec<u64>>>,
}

fn total(index: &Arc<Index>) -> u64 {
    index.entries.read().unwrap().values().flatten().sum()
}

fn longest(index: &Arc<Index>) -> usize {
    let entries = index.entries.read().unwrap();
    let mut most = 0;
    for ids in entries.values() {
        most = most.max(ids.len());
    }
    most
}

fn add(index: &Arc<Index>, word: &str, id: u64) {
    let mut entries = index.entries.write().unwrap();
    entries.entry(word.to_owned()).or_default().push(id);
}

fn make() -> Arc<Index> {
    Arc::new(Index {
        entries: RwLock::new(HashMap::new()),
    })
}
