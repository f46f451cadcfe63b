// left: ["1"]
// naive: ["0"]
// swap: self.lines.lock().unwrap().push(format!("{}", self.seen.load(Ordering::SeqCst))); => let line = format!("{}", self.seen.load(Ordering::SeqCst)); self.lines.lock().unwrap().push(line);
// end: kept
// words: before the lock is taken
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{channel, Sender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

pub struct Log {
    lines: Mutex<Vec<String>>,
    seen: AtomicU64,
}

impl Log {
    pub async fn note(&self, begun: Sender<()>) {
        begun.send(()).unwrap();
        self.lines.lock().unwrap().push(format!("{}", self.seen.load(Ordering::SeqCst)));
    }
}

pub fn run() -> String {
    let log = Arc::new(Log { lines: Mutex::new(Vec::new()), seen: AtomicU64::new(0) });
    let held = log.lines.lock().unwrap();
    let (other, (begun, waits)) = (log.clone(), channel());
    let thread = thread::spawn(move || futures::executor::block_on(other.note(begun)));
    waits.recv().unwrap();
    thread::sleep(Duration::from_millis(150)); // it comes to the lock
    log.seen.store(1, Ordering::SeqCst); // changed under the lock alone
    drop(held);
    thread.join().unwrap();
    let told = format!("{:?}", log.lines.lock().unwrap());
    told
}
