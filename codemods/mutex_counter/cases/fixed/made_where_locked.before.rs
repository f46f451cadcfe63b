//! Locks that are made where they are taken.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, RwLock};

static SEEN: OnceLock<Mutex<u64>> = OnceLock::new();
static LAST: once_cell::sync::OnceCell<RwLock<u32>> = once_cell::sync::OnceCell::new();
static NAMED: OnceLock<Mutex<i32>> = OnceLock::new();

pub(crate) fn see() {
    *SEEN.get_or_init(|| Mutex::new(0)).lock().unwrap() += 1;
}

pub(crate) fn seen() -> u64 {
    *SEEN.get_or_init(|| Mutex::new(0)).lock().unwrap()
}

pub(crate) fn skip() {
    let mut seen = SEEN.get_or_init(|| Mutex::new(0)).lock().unwrap();
    *seen += 2;
}

pub(crate) fn last(now: u32) {
    *LAST.get_or_init(Default::default).write().unwrap() = now;
    println!("{}", LAST.get_or_init(|| RwLock::new(7)).read().unwrap());
}

fn named() -> &'static Mutex<i32> {
    NAMED.get_or_init(|| Mutex::new(-1))
}

pub(crate) fn name() -> i32 {
    *named().lock().unwrap() += 1;
    *named().lock().unwrap()
}

#[derive(Default)]
pub(crate) struct Routes {
    hits: HashMap<String, Mutex<u64>>,
    shared: Mutex<HashMap<u16, Arc<Mutex<u32>>>>,
}

impl Routes {
    pub(crate) fn hit(&mut self, route: &str) {
        *self
            .hits
            .entry(route.to_owned())
            .or_insert_with(|| Mutex::new(0))
            .lock()
            .unwrap() += 1;
    }

    pub(crate) fn share(&self, port: u16) {
        let mut shared = self.shared.lock().unwrap();
        let port = shared.entry(port).or_insert(Arc::new(Mutex::new(0)));
        *port.lock().unwrap() += 1;
    }
}
