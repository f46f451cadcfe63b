// level: review
use std::sync::Mutex;

pub async fn record(log: &Mutex<Vec<String>>, id: u64, limit: usize) {
    let mut log = log.lock().unwrap();
    log.push(format!("{id}"));
    if log.len() > limit {
        log.clear();
    }
}
