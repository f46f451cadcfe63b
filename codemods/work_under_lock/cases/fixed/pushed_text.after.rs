// level: safe
use std::sync::Mutex;

pub fn record(log: &Mutex<Vec<String>>, ids: &[u64]) {
    for id in ids {
        let line = format!("{id}");
        log.lock().unwrap().push(line);
    }
}
