use std::collections::HashMap;
use std::sync::{Arc, Mutex};

pub struct Entry {
    id: u64,
    name: String,
}

pub async fn put(table: &Mutex<HashMap<u64, Entry>>, list: &Mutex<Vec<Arc<str>>>, id: u64, name: String, tag: &Arc<str>) {
    let _ = table.lock().unwrap().insert(id * 2, Entry { id, name }).map(|old| old.id);
    list.lock().unwrap().push(Arc::clone(tag));
    list.lock().unwrap().push(tag.clone());
    list.lock().unwrap().truncate(id as usize % 7);
    list.lock().unwrap().extend(Vec::new());
}
