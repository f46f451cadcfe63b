use std::sync::Mutex;

pub async fn perhaps(log: &Mutex<Vec<String>>, id: u64) {
    if let Ok(mut log) = log.try_lock() {
        log.push(format!("{id}"));
    }
}
