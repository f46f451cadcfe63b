// left: ["new"]
// naive: ["old"]
// swap: self.lines.lock().unwrap().push(self.name.lock().unwrap().clone()); => let line = self.name.lock().unwrap().clone(); self.lines.lock().unwrap().push(line);
// end: kept
// words: two locks are held together
use std::sync::mpsc::{channel, Sender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

pub struct Log {
    lines: Mutex<Vec<String>>,
    name: Mutex<String>,
}

impl Log {
    pub async fn note(&self, begun: Sender<()>) {
        begun.send(()).unwrap();
        self.lines.lock().unwrap().push(self.name.lock().unwrap().clone());
    }
}

pub fn run() -> String {
    let log = Log { lines: Mutex::new(Vec::new()), name: Mutex::new("old".to_string()) };
    let log = Arc::new(log);
    let held = log.lines.lock().unwrap();
    let (other, (begun, waits)) = (log.clone(), channel());
    let thread = thread::spawn(move || futures::executor::block_on(other.note(begun)));
    waits.recv().unwrap();
    thread::sleep(Duration::from_millis(150)); // it comes to the lock
    *log.name.lock().unwrap() = "new".to_string(); // under the other lock, as it is read
    drop(held);
    thread.join().unwrap();
    let told = format!("{:?}", log.lines.lock().unwrap());
    told
}
