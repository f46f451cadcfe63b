// reason: the struct behind the lock is used as a whole: `.hit()` is called on it

use std::sync::{Arc, Mutex};

#[derive(Default)]
pub(crate) struct Meta {
    hits: u64,
}

impl Meta {
    fn new() -> Self {
        Self { hits: 0 }
    }

    fn hit(&mut self) {
        self.hits += 1;
    }
}

pub(crate) fn run() -> Arc<Mutex<Meta>> {
    let meta = Arc::new(Mutex::new(Meta::new()));
    meta.lock().unwrap().hit();
    meta
}
