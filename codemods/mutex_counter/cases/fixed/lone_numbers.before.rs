// level: safe

//! Numbers that others read and act on, whose locks order nothing else: SeqCst, and no person is needed.

use std::sync::{Mutex, RwLock};

#[derive(Default)]
pub struct Meter {
    seen: Mutex<u64>,
    open: Mutex<usize>,
    highest: Mutex<u64>,
    lowest: Mutex<u64>,
    last: RwLock<u32>,
    bits: Mutex<u8>,
    taken: Mutex<u32>,
    below: Mutex<i64>,
    length: Mutex<usize>,
}

impl Meter {
    pub fn add(&self, n: u64) {
        *self.seen.lock().unwrap() += n;
        let mut highest = self.highest.lock().unwrap();
        *highest = (*highest).max(n);
        drop(highest);
        let mut lowest = self.lowest.lock().unwrap();
        if n < *lowest {
            *lowest = n;
        }
    }

    /// Whoever calls it may do anything.
    pub fn seen(&self) -> u64 {
        *self.seen.lock().unwrap()
    }

    pub fn text(&self) -> String {
        let lowest = *self.lowest.lock().unwrap();
        format!("{lowest}..{}", self.highest.lock().unwrap())
    }

    pub fn enter(&self) {
        *self.open.lock().unwrap() += 1;
        *self.below.lock().unwrap() -= 1;
    }

    pub fn is_idle(&self) -> bool {
        *self.open.lock().unwrap() == 0
    }

    pub fn set(&self, last: u32) {
        *self.last.write().unwrap() = last;
        *self.bits.lock().unwrap() |= 4;
        *self.length.lock().unwrap() += 1;
    }

    pub fn is_last(&self, last: u32) -> bool {
        *self.last.read().unwrap() == last && *self.bits.lock().unwrap() > 1
    }

    pub fn take(&self) -> u32 {
        *self.taken.lock().unwrap() += 1;
        std::mem::take(&mut *self.taken.lock().unwrap())
    }

    pub fn check(&self) {
        assert!(*self.below.lock().unwrap() < 9, "too many");
    }

    pub fn names<'a>(&self, names: &'a [String]) -> &'a [String] {
        let length = *self.length.lock().unwrap();
        &names[..length]
    }
}
