// reason: `Drop` of its own
use std::sync::Mutex;

pub struct Session(Vec<u8>);

impl Drop for Session {
    fn drop(&mut self) {
        println!("{} bytes", self.0.len());
    }
}

pub async fn renew(current: &Mutex<Session>, data: Vec<u8>) {
    *current.lock().unwrap() = Session(data);
}
