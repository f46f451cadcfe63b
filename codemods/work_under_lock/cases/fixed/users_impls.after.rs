// level: review
use std::fmt;
use std::sync::Mutex;

pub struct Peer(u32);

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "peer {}", self.0)
    }
}

pub async fn joined(log: &Mutex<Vec<String>>, peer: &Peer) {
    let line = format!("{peer} joined");
    log.lock().unwrap().push(line);
}

pub async fn half(log: &Mutex<Vec<String>>, names: &[String]) {
    let item = names[0].clone();
    log.lock().unwrap().push(item);
}
