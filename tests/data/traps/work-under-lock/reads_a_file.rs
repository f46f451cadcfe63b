// left: ["new"]
// naive: ["old"]
// swap: self.lines.lock().unwrap().push(std::fs::read_to_string(&self.path).unwrap_or_default()); => let line = std::fs::read_to_string(&self.path).unwrap_or_default(); self.lines.lock().unwrap().push(line);
// end: told
// words: waits for the disk outside of the lock
use std::sync::mpsc::{channel, Sender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

pub struct Log {
    lines: Mutex<Vec<String>>,
    path: std::path::PathBuf,
}

impl Log {
    pub async fn note(&self, begun: Sender<()>) {
        begun.send(()).unwrap();
        self.lines.lock().unwrap().push(std::fs::read_to_string(&self.path).unwrap_or_default());
    }
}

pub fn run() -> String {
    let path = std::env::temp_dir().join(format!("under-lock-{}", std::process::id()));
    std::fs::write(&path, "old").unwrap();
    let log = Arc::new(Log { lines: Mutex::new(Vec::new()), path: path.clone() });
    let held = log.lines.lock().unwrap();
    let (other, (begun, waits)) = (log.clone(), channel());
    let thread = thread::spawn(move || futures::executor::block_on(other.note(begun)));
    waits.recv().unwrap();
    thread::sleep(Duration::from_millis(150)); // it comes to the lock
    std::fs::write(&path, "new").unwrap(); // under the lock alone
    drop(held);
    thread.join().unwrap();
    std::fs::remove_file(&path).unwrap();
    let told = format!("{:?}", log.lines.lock().unwrap());
    told
}
