// reason: is a pause, which under a lock keeps others away
use std::sync::Mutex;
use std::time::{Duration, Instant};

pub async fn limited(calls: &Mutex<Vec<Instant>>) {
    let mut calls = calls.lock().unwrap();
    std::thread::sleep(Duration::from_millis(20));
    calls.push(Instant::now());
}
