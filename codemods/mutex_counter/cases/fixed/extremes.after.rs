// level: safe

use std::sync::atomic::{AtomicI32, AtomicU64, AtomicUsize, Ordering};

pub(crate) struct Extremes {
    slowest: AtomicU64,
    largest: AtomicUsize,
    smallest: AtomicUsize,
    deepest: AtomicI32,
}

impl Extremes {
    pub(crate) fn record(&self, micros: u64, bytes: usize, depth: i32) {
        self.slowest.fetch_max(micros, Ordering::SeqCst);
        self.largest.fetch_max(bytes, Ordering::SeqCst);
        self.smallest.fetch_min(bytes, Ordering::SeqCst);
        self.deepest.fetch_max(depth, Ordering::SeqCst);
    }

    pub(crate) fn slowest(&self) -> u64 {
        self.slowest.load(Ordering::SeqCst)
    }

    /// The mark before it was raised.
    pub(crate) fn raise(&self, bytes: usize) -> usize {
        self.largest.fetch_max(bytes, Ordering::SeqCst)
    }
}
