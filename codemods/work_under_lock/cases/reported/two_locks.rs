// reason: two locks are held together
use std::sync::Mutex;

pub async fn move_all(from: &Mutex<Vec<u64>>, to: &Mutex<Vec<u64>>) {
    let mut from = from.lock().unwrap();
    let mut to = to.lock().unwrap();
    to.append(&mut from);
}
