// level: safe
// edition: 2024
use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

pub async fn first_time(seen: &Mutex<HashSet<String>>, name: &str) -> bool {
    let name = name.to_string();
    if seen.lock().unwrap().insert(name) {
        return true;
    }
    false
}

pub async fn parts(names: &Mutex<HashMap<String, Vec<String>>>, name: &str) -> usize {
    let mut count = 0;
    let key = format!("{name}s");
    for part in names.lock().unwrap().get(&key).into_iter().flatten() {
        count += part.len();
    }
    let key = name.to_uppercase();
    match names.lock().unwrap().get(&key) {
        Some(parts) => parts.len() + count,
        None => count,
    }
}
