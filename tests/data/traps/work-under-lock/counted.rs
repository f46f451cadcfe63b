// left: ["1"]
// naive: ["2"]
// swap: self.lines.lock().unwrap().push(format!("{}", Arc::strong_count(&self.owner))); => let line = format!("{}", Arc::strong_count(&self.owner)); self.lines.lock().unwrap().push(line);
// end: kept
// words: what `Arc::strong_count` does is not known
use std::sync::mpsc::{channel, Sender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

pub struct Log {
    lines: Mutex<Vec<String>>,
    owner: Arc<u8>,
}

impl Log {
    pub async fn note(&self, begun: Sender<()>) {
        begun.send(()).unwrap();
        self.lines.lock().unwrap().push(format!("{}", Arc::strong_count(&self.owner)));
    }
}

pub fn run() -> String {
    let owner = Arc::new(1);
    let log = Arc::new(Log { lines: Mutex::new(Vec::new()), owner: owner.clone() });
    let held = log.lines.lock().unwrap();
    let (other, (begun, waits)) = (log.clone(), channel());
    let thread = thread::spawn(move || futures::executor::block_on(other.note(begun)));
    waits.recv().unwrap();
    thread::sleep(Duration::from_millis(150)); // it comes to the lock
    drop(owner); // under the lock alone
    drop(held);
    thread.join().unwrap();
    let told = format!("{:?}", log.lines.lock().unwrap());
    told
}
