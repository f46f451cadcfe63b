use std::collections::HashMap;
use tokio::sync::RwLock;

struct Table {
    rows: RwLock<HashMap<u32, Vec<u32>>>,
}

impl Table {
    async fn sum(&self) -> u32 {
        self.rows.read().await.values().flatten().sum()
    }

    async fn load(&self, rows: HashMap<u32, Vec<u32>>) {
        *self.rows.write().await = rows;
    }
}
