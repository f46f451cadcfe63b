// left: ["Some(1)"]
// naive: ["None"]
// swap: self.lines.lock().unwrap().push(format!("{:?}", self.name.get())); => let line = format!("{:?}", self.name.get()); self.lines.lock().unwrap().push(line);
// end: kept
// words: others may change what `self.name.get()` looks at
use std::sync::mpsc::{channel, Sender};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::Duration;

pub struct Log {
    lines: Mutex<Vec<String>>,
    name: OnceLock<u8>,
}

impl Log {
    pub async fn note(&self, begun: Sender<()>) {
        begun.send(()).unwrap();
        self.lines.lock().unwrap().push(format!("{:?}", self.name.get()));
    }
}

pub fn run() -> String {
    let log = Arc::new(Log { lines: Mutex::new(Vec::new()), name: OnceLock::new() });
    let held = log.lines.lock().unwrap();
    let (other, (begun, waits)) = (log.clone(), channel());
    let thread = thread::spawn(move || futures::executor::block_on(other.note(begun)));
    waits.recv().unwrap();
    thread::sleep(Duration::from_millis(150)); // it comes to the lock
    log.name.set(1).unwrap(); // under the lock alone
    drop(held);
    thread.join().unwrap();
    let told = format!("{:?}", log.lines.lock().unwrap());
    told
}
