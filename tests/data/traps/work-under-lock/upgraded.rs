// left: ["false"]
// naive: ["true"]
// swap: self.lines.lock().unwrap().push(format!("{}", self.owner.upgrade().is_some())); => let line = format!("{}", self.owner.upgrade().is_some()); self.lines.lock().unwrap().push(line);
// end: kept
// words: what `self.owner.upgrade()` does is not known
use std::sync::mpsc::{channel, Sender};
use std::sync::{Arc, Mutex, Weak};
use std::thread;
use std::time::Duration;

pub struct Log {
    lines: Mutex<Vec<String>>,
    owner: Weak<u8>,
}

impl Log {
    pub async fn note(&self, begun: Sender<()>) {
        begun.send(()).unwrap();
        self.lines.lock().unwrap().push(format!("{}", self.owner.upgrade().is_some()));
    }
}

pub fn run() -> String {
    let owner = Arc::new(1);
    let weak = Arc::downgrade(&owner);
    let log = Arc::new(Log { lines: Mutex::new(Vec::new()), owner: weak });
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
