// reason: on a condition only
use std::collections::HashSet;
use std::sync::Mutex;

pub async fn is_new(wanted: bool, seen: &Mutex<HashSet<String>>, name: &str) -> bool {
    wanted && seen.lock().unwrap().insert(name.to_string())
}
