// left: poisoned
// naive: sound
// swap: self.lines.lock().unwrap().push(names[at].to_string()); => let line = names[at].to_string(); self.lines.lock().unwrap().push(line);
// end: told
// words: does not poison it
use std::sync::{Arc, Mutex};

pub struct Log {
    lines: Mutex<Vec<String>>,
}

impl Log {
    pub async fn note(&self, names: &[&str], at: usize) {
        self.lines.lock().unwrap().push(names[at].to_string());
    }
}

pub fn run() -> String {
    let log = Arc::new(Log { lines: Mutex::new(Vec::new()) });
    let other = log.clone();
    let thread = std::thread::spawn(move || futures::executor::block_on(other.note(&["one"], 1)));
    assert!(thread.join().is_err());
    (if log.lines.is_poisoned() { "poisoned" } else { "sound" }).to_string()
}
