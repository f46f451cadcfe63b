//! Atomics of the code's own that do not stand in the way: SeqCst ones, data that a flag publishes,
//! and what the value has nothing to do with.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::Mutex;

#[derive(Default)]
pub(crate) struct Gate {
    inside: Mutex<usize>,
    stop: AtomicBool,
    seen: AtomicU64,
}

impl Gate {
    pub(crate) fn enter(&self) -> bool {
        *self.inside.lock().unwrap() += 1;
        !self.stop.load(Ordering::SeqCst)
    }

    pub(crate) fn close(&self) -> bool {
        self.stop.store(true, Ordering::SeqCst);
        *self.inside.lock().unwrap() == 0
    }

    pub(crate) fn see(&self) -> u64 {
        self.seen.fetch_add(1, Ordering::Relaxed)
    }
}

/// Written before the flag, read after it.
#[derive(Default)]
pub(crate) struct Config {
    size: AtomicUsize,
    ready: Mutex<bool>,
}

impl Config {
    pub(crate) fn publish(&self, size: usize) {
        self.size.store(size, Ordering::Relaxed);
        *self.ready.lock().unwrap() = true;
    }

    pub(crate) fn size(&self) -> Option<usize> {
        let ready = *self.ready.lock().unwrap();
        ready.then(|| self.size.load(Ordering::Relaxed))
    }
}
