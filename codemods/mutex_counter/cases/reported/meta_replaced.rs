// reason: the struct behind the lock is used as a whole

use std::sync::{Arc, Mutex};

#[derive(Default)]
pub(crate) struct Meta {
    hits: u64,
}

fn count(meta: Arc<Mutex<Meta>>) {
    meta.lock().unwrap().hits += 1;
}

pub(crate) fn reset(meta: &Arc<Mutex<Meta>>) -> u64 {
    count(meta.clone());
    let mut guard = meta.lock().unwrap();
    let old = std::mem::take(&mut *guard);
    drop(guard);
    old.hits
}
