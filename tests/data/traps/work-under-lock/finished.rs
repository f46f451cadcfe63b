// left: ["true"]
// naive: ["false"]
// swap: self.lines.lock().unwrap().push(format!("{}", self.work.is_finished())); => let line = format!("{}", self.work.is_finished()); self.lines.lock().unwrap().push(line);
// end: kept
// words: what `self.work.is_finished()` does is not known
use std::sync::mpsc::{channel, Sender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

pub struct Log {
    lines: Mutex<Vec<String>>,
    work: thread::JoinHandle<()>,
}

impl Log {
    pub async fn note(&self, begun: Sender<()>) {
        begun.send(()).unwrap();
        self.lines.lock().unwrap().push(format!("{}", self.work.is_finished()));
    }
}

pub fn run() -> String {
    let (end, ends) = channel::<()>();
    let work = thread::spawn(move || drop(ends.recv()));
    let log = Arc::new(Log { lines: Mutex::new(Vec::new()), work });
    let held = log.lines.lock().unwrap();
    let (other, (begun, waits)) = (log.clone(), channel());
    let thread = thread::spawn(move || futures::executor::block_on(other.note(begun)));
    waits.recv().unwrap();
    thread::sleep(Duration::from_millis(150)); // it comes to the lock
    drop(end);
    while !log.work.is_finished() {} // under the lock alone
    drop(held);
    thread.join().unwrap();
    let told = format!("{:?}", log.lines.lock().unwrap());
    told
}
