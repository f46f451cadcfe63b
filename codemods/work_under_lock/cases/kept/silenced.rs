use std::sync::Mutex;

pub async fn note(log: &Mutex<Vec<String>>, id: u64) {
    // spikeproof: allow(work-under-lock)
    log.lock().unwrap().push(format!("{id}"));
}
