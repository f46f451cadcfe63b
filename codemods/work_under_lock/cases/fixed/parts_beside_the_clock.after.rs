// level: safe
use std::sync::Mutex;
use std::time::Instant;

pub struct Entry {
    name: String,
    tags: Vec<String>,
    at: Instant,
}

pub async fn note(log: &Mutex<Vec<Entry>>, name: &str, tags: &[String]) {
    let name = name.to_string();
    let tags = tags.to_vec();
    log.lock().unwrap().push(Entry {
        at: Instant::now(),
        name,
        tags,
    });
}
