// level: safe

use std::sync::atomic::{AtomicUsize, Ordering};

pub struct Served {
    count: AtomicUsize,
}

impl Served {
    pub const fn new() -> Self {
        Self {
            count: AtomicUsize::new(0),
        }
    }

    pub fn add(&self) {
        self.count.fetch_add(1, Ordering::SeqCst);
    }

    pub fn count(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }
}
