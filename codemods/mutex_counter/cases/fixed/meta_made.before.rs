// level: review
//! The struct behind the lock is made by functions, or first a local.

use std::sync::{Arc, Mutex};

pub(crate) struct Meta {
    counter: u64,
    limit: u64,
}

impl Meta {
    /// With room for some.
    pub(crate) fn new(limit: u64) -> Self {
        let counter = 0;
        Self { counter, limit }
    }
}

impl Default for Meta {
    fn default() -> Meta {
        Meta {
            counter: 0,
            limit: 10,
        }
    }
}

struct Held {
    own: Mutex<Meta>,
    shared: Arc<Mutex<Meta>>,
}

fn held(limit: u64) -> Held {
    let first = Meta { counter: 1, limit };
    Held {
        own: Mutex::new(Meta::new(limit)),
        shared: Arc::new(Mutex::new(first)),
    }
}

fn fallback() -> Mutex<Meta> {
    Mutex::new(Meta::default())
}

fn count(meta: &Mutex<Meta>) -> bool {
    let mut meta = meta.lock().unwrap();
    meta.counter += 1;
    meta.counter % 2 == 0
}

pub(crate) fn run() {
    let held = held(3);
    count(&held.own);
    count(&held.shared);
    count(&fallback());
    let only = Mutex::new(Tally { done: 0 });
    std::thread::scope(|scope| {
        scope.spawn(|| only.lock().unwrap().done += 1);
    });
    println!(
        "{}",
        only.lock().unwrap().done + held.own.lock().unwrap().limit
    );
}

struct Tally {
    done: u64,
}
