// reason: `hits`, `misses` are used in one critical section that changes them

use std::sync::{Arc, Mutex};

struct Meta {
    hits: u64,
    misses: u64,
}

fn moved(meta: Arc<Mutex<Meta>>) {
    let mut meta = meta.lock().unwrap();
    meta.hits += 1;
    meta.misses -= 1;
}

pub(crate) fn run() {
    moved(Arc::new(Mutex::new(Meta { hits: 0, misses: 9 })));
}
