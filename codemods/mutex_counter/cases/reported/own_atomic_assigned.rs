// reason: `self.generation.load(Ordering::Relaxed)` is used together with this value, as in

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Mutex;

/// The right side of an assignment comes first: the generation is looked at, then the lock is taken.
pub(crate) struct Cache {
    seen: Mutex<u64>,
    generation: AtomicU64,
}

impl Cache {
    pub(crate) fn refresh(&self) {
        *self.seen.lock().unwrap() = self.generation.load(Ordering::Relaxed);
    }

    pub(crate) fn clear(&self) {
        *self.seen.lock().unwrap() += 1;
        self.generation.store(0, Ordering::Relaxed);
    }
}
