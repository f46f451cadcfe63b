// reason: the two are kept in step
use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::RwLock;

pub struct Tables {
    tables: RwLock<HashMap<u64, Arc<RwLock<Vec<u32>>>>>,
}

impl Tables {
    pub async fn fill(&self, id: u64, value: u32) {
        if let Some(table) = self.tables.read().await.get(&id) {
            table.write().await.push(value);
        }
    }

    /// What is still filled meanwhile would be lost.
    pub async fn close(&self, id: u64) -> Vec<u32> {
        let mut tables = self.tables.write().await;
        let Some(table) = tables.get(&id) else {
            return Vec::new();
        };
        let left = std::mem::take(&mut *table.write().await);
        tables.remove(&id);
        left
    }
}
