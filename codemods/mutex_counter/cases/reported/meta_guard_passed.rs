// reason: the struct behind the lock is used as a whole

use std::sync::{Arc, Mutex};

struct Meta {
    hits: u64,
}

fn count(meta: &mut Meta) {
    meta.hits += 1;
}

fn handle(meta: &Arc<Mutex<Meta>>) {
    let mut guard = meta.lock().unwrap();
    count(&mut guard);
}

pub(crate) fn run() {
    let meta = Arc::new(Mutex::new(Meta { hits: 0 }));
    handle(&meta);
    meta.lock().unwrap().hits += 1;
}
