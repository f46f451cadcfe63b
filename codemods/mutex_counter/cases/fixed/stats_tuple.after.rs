// level: review

use std::sync::atomic::{AtomicU64, Ordering};

pub(crate) struct Pair(AtomicU64, AtomicU64);

impl Pair {
    fn new() -> Self {
        Self(AtomicU64::new(0), AtomicU64::new(0))
    }

    fn left(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

pub(crate) struct Doors {
    north: Pair,
    south: Pair,
}

impl Doors {
    pub(crate) fn new() -> Self {
        Doors { north: Pair(AtomicU64::new(0), AtomicU64::new(0)), south: Pair::new() }
    }

    pub(crate) fn pass(&self, left: bool) {
        if left {
            self.north.left();
            self.south.0.fetch_add(1, Ordering::Relaxed);
        } else {
            self.south.1.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn show(&self) -> String {
        let value_0 = self.north.0.load(Ordering::Relaxed);
        let value_1 = self.north.1.load(Ordering::Relaxed);
        format!("{} {} {}", value_0, value_1, value_0)
    }
}
