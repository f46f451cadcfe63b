// options: sequential-await = true
// reason: `join_all` all at once
use std::collections::HashMap;

pub struct Store;

impl Store {
    async fn get(&self, key: &str) -> Vec<u8> {
        tokio::fs::read(key).await.unwrap_or_default()
    }

    pub async fn all(&self, keys: &[String]) -> HashMap<String, Vec<u8>> {
        let mut found = HashMap::new();
        for key in keys {
            found.insert(key.clone(), self.get(key).await);
        }
        found
    }
}
