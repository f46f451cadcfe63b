// reason: two locks are held together
use std::sync::Mutex;

pub async fn copy(from: &Mutex<Vec<String>>, to: &Mutex<Vec<String>>) {
    to.lock().unwrap().push(from.lock().unwrap()[0].clone());
}
