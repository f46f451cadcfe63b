// level: safe
use std::sync::Mutex;

pub fn record(log: &Mutex<Vec<String>>, ids: &[u64]) {
    for id in ids {
        log.lock().unwrap().push(format!("{id}"));
    }
}
