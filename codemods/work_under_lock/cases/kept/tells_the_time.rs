use std::sync::Mutex;
use std::time::Instant;

pub async fn mark(marks: &Mutex<Vec<Instant>>) {
    marks.lock().unwrap().push(Instant::now());
}
