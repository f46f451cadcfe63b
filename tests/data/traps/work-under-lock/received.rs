// left: ["Err(Empty)"]
// naive: ["Ok(1)"]
// swap: self.lines(inbox).lock().unwrap().push(format!("{:?}", inbox.try_recv())); => let line = format!("{:?}", inbox.try_recv()); self.lines(inbox).lock().unwrap().push(line);
// end: kept
// words: what `inbox.try_recv()` does is not known
use std::sync::mpsc::{channel, Receiver};
use std::sync::Mutex;

pub struct Log {
    lines: Mutex<Vec<String>>,
}

impl Log {
    pub fn lines(&self, inbox: &Receiver<u8>) -> &Mutex<Vec<String>> {
        inbox.try_recv().ok();
        &self.lines
    }

    pub async fn note(&self, inbox: &Receiver<u8>) {
        self.lines(inbox).lock().unwrap().push(format!("{:?}", inbox.try_recv()));
    }
}

pub fn run() -> String {
    let (sent, inbox) = channel();
    sent.send(1).unwrap();
    let log = Log { lines: Mutex::new(Vec::new()) };
    futures::executor::block_on(log.note(&inbox));
    let told = format!("{:?}", log.lines.lock().unwrap());
    told
}
