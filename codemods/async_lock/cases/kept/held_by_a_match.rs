use std::collections::HashMap;

use tokio::sync::RwLock;

struct Names {
    by_id: RwLock<HashMap<u64, String>>,
}

async fn load(_: u64) -> Option<String> {
    None
}

impl Names {
    async fn get(&self, id: u64) -> Option<String> {
        match self.by_id.read().await.get(&id) {
            Some(name) => Some(name.clone()),
            None => load(id).await,
        }
    }

    async fn set(&self, id: u64, name: String) {
        self.by_id.write().await.insert(id, name);
    }
}
