// reason: `self.stop.store(true, Ordering::Release)` is used together with this value, as in

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Mutex;

/// The number has a lock, the flag none. The lock alone sees to it that not both miss the other.
pub(crate) struct Gate {
    inside: Mutex<usize>,
    stop: AtomicBool,
}

impl Gate {
    pub(crate) fn enter(&self) -> bool {
        self.count();
        if self.stop.load(Ordering::Acquire) {
            *self.inside.lock().unwrap() -= 1;
            return false;
        }
        true
    }

    fn count(&self) {
        *self.inside.lock().unwrap() += 1;
    }

    pub(crate) fn close(&self) -> bool {
        self.stop.store(true, Ordering::Release);
        *self.inside.lock().unwrap() == 0
    }
}
