// reason: the struct behind the lock is cloned, and a struct of atomics has no `Clone`

use std::sync::{Arc, Mutex};

#[derive(Clone)]
pub(crate) struct Meta {
    hits: u64,
    misses: u64,
}

pub(crate) fn count(meta: &Arc<Mutex<Meta>>) -> (u64, u64) {
    meta.lock().unwrap().hits += 1;
    let now = meta.lock().unwrap().clone();
    (now.hits, now.misses)
}
