// reason: a comment says what it is held for
use std::sync::Mutex;

pub async fn record(log: &Mutex<Vec<String>>, id: u64) {
    // The lock is held while the line is made, so that lines come in order.
    let mut log = log.lock().unwrap();
    let line = format!("{id}");
    log.push(line);
}
