// left: ["1"]
// naive: ["0"]
// swap: self.lines.lock().unwrap().push(self.ticket.clone().0); => let line = self.ticket.clone().0; self.lines.lock().unwrap().push(line);
// end: told
// words: the `Clone` of `Ticket` is not std's
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{channel, Sender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

static DRAWN: AtomicU64 = AtomicU64::new(0);

pub struct Ticket(String);

impl Clone for Ticket {
    fn clone(&self) -> Ticket {
        Ticket(DRAWN.fetch_add(1, Ordering::SeqCst).to_string())
    }
}

pub struct Log {
    lines: Mutex<Vec<String>>,
    ticket: Ticket,
}

impl Log {
    pub async fn note(&self, begun: Sender<()>) {
        begun.send(()).unwrap();
        self.lines.lock().unwrap().push(self.ticket.clone().0);
    }
}

pub fn run() -> String {
    let log = Arc::new(Log { lines: Mutex::new(Vec::new()), ticket: Ticket("".to_string()) });
    let held = log.lines.lock().unwrap();
    let (other, (begun, waits)) = (log.clone(), channel());
    let thread = thread::spawn(move || futures::executor::block_on(other.note(begun)));
    waits.recv().unwrap();
    thread::sleep(Duration::from_millis(150)); // it comes to the lock
    drop(log.ticket.clone()); // under the lock alone
    drop(held);
    thread.join().unwrap();
    let told = format!("{:?}", log.lines.lock().unwrap());
    told
}
