// reason: the struct behind the lock is used as a whole

use std::sync::Mutex;

pub(crate) struct Meta {
    hits: u64,
}

fn count(meta: &Mutex<Meta>) {
    meta.lock().unwrap().hits += 1;
}

pub(crate) fn run(mut meta: Mutex<Meta>) -> u64 {
    count(&meta);
    meta.get_mut().unwrap().hits
}
