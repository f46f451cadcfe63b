// level: review
use std::sync::Mutex;

pub async fn grown(list: &Mutex<Vec<u64>>, name: &str, n: u64) {
    let mut list = list.lock().unwrap();
    list.push(n);
    let len = list.len();
    drop(list);
    log::info!("{name} is {len} long");
}
