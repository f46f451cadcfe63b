// left: kept [1, 2], sent ["1", "2"]
// naive: kept [1, 2], sent ["2", "1"]
// swap: kept.push(number); => kept.push(number); drop(kept);
// end: kept
use std::sync::mpsc::{channel, Sender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

pub struct Journal {
    kept: Mutex<Vec<u32>>,
    sent: Sender<String>,
}

impl Journal {
    pub async fn add(&self, number: u32, line: impl Fn(u32) -> String) {
        let mut kept = self.kept.lock().unwrap();
        kept.push(number);
        let line = format!("{}", line(number));
        self.sent.send(line).unwrap();
    }
}

pub fn run() -> String {
    let ((sent, told), (begun, waits), (go_on, gate)) = (channel(), channel(), channel());
    let journal = Arc::new(Journal { kept: Mutex::new(Vec::new()), sent });
    let other = journal.clone();
    let slow = move |number: u32| {
        begun.send(()).unwrap();
        let _ = gate.recv_timeout(Duration::from_millis(250)); // until the other one has sent
        number.to_string()
    };
    let thread = thread::spawn(move || futures::executor::block_on(other.add(1, slow)));
    waits.recv().unwrap();
    futures::executor::block_on(journal.add(2, |number| number.to_string()));
    let _ = go_on.send(());
    thread.join().unwrap();
    let sent: Vec<String> = told.try_iter().collect();
    let told = format!("kept {:?}, sent {sent:?}", journal.kept.lock().unwrap());
    told
}
