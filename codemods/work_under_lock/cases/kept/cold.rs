use std::sync::Mutex;

pub fn note(log: &Mutex<Vec<String>>, id: u64) {
    log.lock().unwrap().push(format!("{id}"));
}
