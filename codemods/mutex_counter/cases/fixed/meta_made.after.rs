// level: review
//! The struct behind the lock is made by functions, or first a local.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

pub(crate) struct Meta {
    counter: AtomicU64,
    limit: AtomicU64,
}

impl Meta {
    /// With room for some.
    pub(crate) fn new(limit: u64) -> Self {
        let counter = 0;
        Self {
            counter: AtomicU64::new(counter),
            limit: AtomicU64::new(limit),
        }
    }
}

impl Default for Meta {
    fn default() -> Meta {
        Meta {
            counter: AtomicU64::new(0),
            limit: AtomicU64::new(10),
        }
    }
}

struct Held {
    own: Meta,
    shared: Arc<Meta>,
}

fn held(limit: u64) -> Held {
    let first = Meta {
        counter: AtomicU64::new(1),
        limit: AtomicU64::new(limit),
    };
    Held {
        own: Meta::new(limit),
        shared: Arc::new(first),
    }
}

fn fallback() -> Meta {
    Meta::default()
}

fn count(meta: &Meta) -> bool {
    let counter = meta.counter.fetch_add(1, Ordering::SeqCst) + 1;
    counter % 2 == 0
}

pub(crate) fn run() {
    let held = held(3);
    count(&held.own);
    count(&held.shared);
    count(&fallback());
    let only = Tally {
        done: AtomicU64::new(0),
    };
    std::thread::scope(|scope| {
        scope.spawn(|| {
            only.done.fetch_add(1, Ordering::Relaxed);
        });
    });
    println!(
        "{}",
        only.done.load(Ordering::Relaxed) + held.own.limit.load(Ordering::Relaxed)
    );
}

struct Tally {
    done: AtomicU64,
}
