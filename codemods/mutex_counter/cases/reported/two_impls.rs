// reason: `.flush()` of the trait `Flush` is called on it, which may lock it, or do something else for an atomic

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Mutex;

pub(crate) trait Flush {
    fn flush(&self) -> u64;
}

impl Flush for Mutex<u64> {
    fn flush(&self) -> u64 {
        std::mem::take(&mut *self.lock().unwrap())
    }
}

impl Flush for AtomicU64 {
    fn flush(&self) -> u64 {
        self.load(Ordering::SeqCst)
    }
}

pub(crate) struct Traffic {
    bytes: Mutex<u64>,
}

impl Traffic {
    pub(crate) fn add(&self, n: u64) {
        *self.bytes.lock().unwrap() += n;
    }

    pub(crate) fn sent(&self) -> u64 {
        self.bytes.flush()
    }
}
