// reason: are kept in step
use std::collections::HashMap;

use tokio::sync::RwLock;

#[derive(Default)]
pub struct Stats {
    pub current: usize,
}

#[derive(Default)]
pub struct Store {
    items: RwLock<HashMap<u32, String>>,
    stats: RwLock<Stats>,
}

impl Store {
    pub async fn save(&self, key: u32, value: String) {
        let mut items = self.items.write().await;
        items.insert(key, value);
        self.stats.write().await.current = items.len();
    }

    pub async fn clear(&self) {
        let mut items = self.items.write().await;
        items.clear();
        self.stats.write().await.current = 0;
    }
}
