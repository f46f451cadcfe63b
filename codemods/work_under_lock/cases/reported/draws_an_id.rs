// reason: is not known
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Mutex;

static NEXT: AtomicU64 = AtomicU64::new(0);

fn next() -> u64 {
    NEXT.fetch_add(1, Ordering::Relaxed)
}

pub async fn note(log: &Mutex<Vec<String>>) {
    log.lock().unwrap().push(format!("{}", next()));
}
