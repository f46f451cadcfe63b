// reason: stands before it
use std::sync::Mutex;

pub async fn record(log: &Mutex<Vec<String>>, id: u64) {
    #[allow(unused_must_use)]
    log.lock().unwrap().push(format!("{id}"));
}
