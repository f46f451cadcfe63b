// level: safe

use std::sync::atomic::{AtomicU64, Ordering};

/// Values that are named and shown, copies that are made meanwhile: nothing hangs on the number, and
/// nothing minds that it has no lock.
pub(crate) struct Frames {
    seen: AtomicU64,
    bytes: AtomicU64,
}

impl Frames {
    pub(crate) fn add(&self, frame: &[u8]) -> Vec<u8> {
        self.seen.fetch_add(1, Ordering::Relaxed);
        let copy = frame.to_vec();
        self.bytes.fetch_add(copy.len() as u64, Ordering::Relaxed);
        copy
    }

    pub(crate) fn skip(&self) -> Vec<u8> {
        let nothing = Vec::<u8>::new();
        self.seen.fetch_add(1, Ordering::Relaxed);
        nothing
    }

    pub(crate) fn report(&self) {
        let seen = self.seen.load(Ordering::Relaxed);
        println!("{}", seen);
    }
}
