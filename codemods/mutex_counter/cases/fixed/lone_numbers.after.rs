// level: safe

//! Numbers that others read and act on, whose locks order nothing else: SeqCst, and no person is needed.

use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, AtomicU8, AtomicUsize, Ordering};

#[derive(Default)]
pub struct Meter {
    seen: AtomicU64,
    open: AtomicUsize,
    highest: AtomicU64,
    lowest: AtomicU64,
    last: AtomicU32,
    bits: AtomicU8,
    taken: AtomicU32,
    below: AtomicI64,
    length: AtomicUsize,
}

impl Meter {
    pub fn add(&self, n: u64) {
        self.seen.fetch_add(n, Ordering::SeqCst);
        self.highest.fetch_max(n, Ordering::SeqCst);
        self.lowest.fetch_min(n, Ordering::SeqCst);
    }

    /// Whoever calls it may do anything.
    pub fn seen(&self) -> u64 {
        self.seen.load(Ordering::SeqCst)
    }

    pub fn text(&self) -> String {
        let lowest = self.lowest.load(Ordering::SeqCst);
        format!("{lowest}..{}", self.highest.load(Ordering::SeqCst))
    }

    pub fn enter(&self) {
        self.open.fetch_add(1, Ordering::SeqCst);
        self.below.fetch_sub(1, Ordering::SeqCst);
    }

    pub fn is_idle(&self) -> bool {
        self.open.load(Ordering::SeqCst) == 0
    }

    pub fn set(&self, last: u32) {
        self.last.store(last, Ordering::SeqCst);
        self.bits.fetch_or(4, Ordering::SeqCst);
        self.length.fetch_add(1, Ordering::SeqCst);
    }

    pub fn is_last(&self, last: u32) -> bool {
        self.last.load(Ordering::SeqCst) == last && self.bits.load(Ordering::SeqCst) > 1
    }

    pub fn take(&self) -> u32 {
        self.taken.fetch_add(1, Ordering::SeqCst);
        self.taken.swap(0, Ordering::SeqCst)
    }

    pub fn check(&self) {
        assert!(self.below.load(Ordering::SeqCst) < 9, "too many");
    }

    pub fn names<'a>(&self, names: &'a [String]) -> &'a [String] {
        let length = self.length.load(Ordering::SeqCst);
        &names[..length]
    }
}
