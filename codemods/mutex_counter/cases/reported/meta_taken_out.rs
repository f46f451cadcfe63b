// reason: the struct behind the lock is used as a whole

use std::sync::{Arc, Mutex};

struct Meta {
    hits: u64,
}

fn count(meta: Arc<Mutex<Meta>>) {
    meta.lock().unwrap().hits += 1;
}

pub(crate) fn run() -> u64 {
    let meta = Arc::new(Mutex::new(Meta { hits: 0 }));
    count(meta.clone());
    let inner = Arc::try_unwrap(meta).ok().unwrap().into_inner().unwrap();
    inner.hits
}
