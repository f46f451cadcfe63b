// level: safe
use std::collections::HashMap;
use tokio::sync::RwLock;

pub async fn put(table: &RwLock<HashMap<String, Vec<u8>>>, name: &String, data: &[u8]) {
    let name = name.clone();
    let data = data.to_vec();
    let old = table.write().await.insert(name, data);
    drop(old);
}
