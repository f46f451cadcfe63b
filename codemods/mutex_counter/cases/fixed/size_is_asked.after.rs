// level: safe
// edition: 2024

use std::sync::Mutex;
use std::sync::atomic::{AtomicI16, Ordering};

pub(crate) struct Budget {
    pub(crate) name: String,
    left: AtomicI16,
}

const PER_SLOT: usize = size_of::<Mutex<i16>>() + 8;

impl Budget {
    pub(crate) fn took(&self) {
        self.left.fetch_sub(1, Ordering::Relaxed);
    }

    pub(crate) fn estimate(slots: usize) -> usize {
        slots * PER_SLOT
    }

    pub(crate) fn print() {
        println!(
            "{} takes {} bytes",
            std::any::type_name::<Mutex<i16>>(),
            size_of::<Mutex<i16>>(),
        );
    }
}
