// left: ["0", "1"]
// naive: ["1", "0"]
// swap: self.lines.lock().unwrap().push(format!("{}", next())); => let line = format!("{}", next()); self.lines.lock().unwrap().push(line);
// end: kept
// words: is not known
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

static NEXT: AtomicU64 = AtomicU64::new(0);

pub struct Log {
    lines: Mutex<Vec<String>>,
}

fn next() -> u64 {
    NEXT.fetch_add(1, Ordering::SeqCst)
}

impl Log {
    pub async fn note(&self) {
        self.lines.lock().unwrap().push(format!("{}", next()));
    }
}

pub fn run() -> String {
    let log = Arc::new(Log { lines: Mutex::new(Vec::new()) });
    let mut held = log.lines.lock().unwrap();
    let other = log.clone();
    let thread = thread::spawn(move || futures::executor::block_on(other.note()));
    let start = Instant::now();
    while NEXT.load(Ordering::SeqCst) == 0 && start.elapsed() < Duration::from_millis(250) {
        thread::sleep(Duration::from_millis(1)); // it comes to the lock
    }
    held.push(next().to_string());
    drop(held);
    thread.join().unwrap();
    let told = format!("{:?}", log.lines.lock().unwrap());
    told
}
