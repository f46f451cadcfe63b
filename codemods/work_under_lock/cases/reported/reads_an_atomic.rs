// reason: before the lock is taken
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Mutex;

pub async fn note(log: &Mutex<Vec<String>>, seen: &AtomicU64) {
    log.lock().unwrap().push(format!("{}", seen.load(Ordering::SeqCst)));
}

pub async fn show(log: &Mutex<Vec<String>>, seen: &AtomicU64) {
    log.lock().unwrap().push(format!("{seen:?}"));
}
