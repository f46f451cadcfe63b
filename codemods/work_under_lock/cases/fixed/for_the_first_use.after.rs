// level: review
use std::sync::Mutex;

pub async fn record(log: &Mutex<Vec<String>>, id: u64, limit: usize) {
    let line = format!("{id}");
    let mut log = log.lock().unwrap();
    log.push(line);
    if log.len() > limit {
        log.clear();
    }
}
