use std::collections::HashMap;

use tokio::sync::{Mutex, RwLock};

pub struct Cache {
    entries: RwLock<HashMap<String, u64>>,
    misses: Mutex<u64>,
}

impl Cache {
    pub async fn get(&self, key: &str) -> u64 {
        let entries = self.entries.read().await;
        if let Some(value) = entries.get(key) {
            return *value;
        }
        drop(entries);
        let value = load(key).await;
        let mut entries = self.entries.write().await;
        entries.insert(key.to_owned(), value);
        value
    }

    pub async fn miss(&self, quiet: bool) {
        let mut misses = self.misses.lock().await;
        *misses += 1;
        if quiet {
            std::mem::drop(misses);
            load("quiet").await;
            return;
        }
        let seen = *misses;
        drop(misses);
        load(&format!("{seen}")).await;
    }
}

async fn load(key: &str) -> u64 {
    tokio::task::yield_now().await;
    key.len() as u64
}
