// level: safe
// edition: 2024
use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

pub async fn first_time(seen: &Mutex<HashSet<String>>, name: &str) -> bool {
    if seen.lock().unwrap().insert(name.to_string()) {
        return true;
    }
    false
}

pub async fn parts(names: &Mutex<HashMap<String, Vec<String>>>, name: &str) -> usize {
    let mut count = 0;
    for part in names.lock().unwrap().get(&format!("{name}s")).into_iter().flatten() {
        count += part.len();
    }
    match names.lock().unwrap().get(&name.to_uppercase()) {
        Some(parts) => parts.len() + count,
        None => count,
    }
}
