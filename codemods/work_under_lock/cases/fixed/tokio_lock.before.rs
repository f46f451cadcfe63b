// level: safe
use std::collections::HashMap;
use tokio::sync::RwLock;

pub async fn put(table: &RwLock<HashMap<String, Vec<u8>>>, name: &String, data: &[u8]) {
    table.write().await.insert(name.clone(), data.to_vec());
}
