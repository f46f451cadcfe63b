// left: in order
// naive: out of order
// swap: self.lines.lock().unwrap().push((format!("{name}"), Instant::now())); => let line = (format!("{name}"), Instant::now()); self.lines.lock().unwrap().push(line);
// end: same, safe
// words: before `self.lines` is locked
use std::sync::mpsc::{channel, Sender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

pub struct Log {
    lines: Mutex<Vec<(String, Instant)>>,
}

impl Log {
    pub async fn note(&self, begun: Sender<()>, name: u32) {
        begun.send(()).unwrap();
        self.lines.lock().unwrap().push((format!("{name}"), Instant::now()));
    }
}

pub fn run() -> String {
    let log = Arc::new(Log { lines: Mutex::new(Vec::new()) });
    let mut held = log.lines.lock().unwrap();
    let (other, (begun, waits)) = (log.clone(), channel());
    let thread = thread::spawn(move || futures::executor::block_on(other.note(begun, 1)));
    waits.recv().unwrap();
    thread::sleep(Duration::from_millis(150)); // it comes to the lock
    held.push(("2".to_string(), Instant::now()));
    drop(held);
    thread.join().unwrap();
    let ordered = log.lines.lock().unwrap().is_sorted_by_key(|(_, when)| *when);
    (if ordered { "in order" } else { "out of order" }).to_string()
}
