use std::collections::HashMap;
use std::sync::RwLock;

pub async fn swap(table: &RwLock<HashMap<u64, Vec<u8>>>, new: HashMap<u64, Vec<u8>>, data: Vec<u8>) -> usize {
    let _old = std::mem::replace(&mut *table.write().unwrap(), new);
    let before = table.write().unwrap().insert(1, data);
    before.map_or(0, |old| old.len())
}
