// level: safe
// edition: 2024

use std::sync::Mutex;

pub(crate) struct Budget {
    pub(crate) name: String,
    left: Mutex<i16>,
}

const PER_SLOT: usize = size_of::<Mutex<i16>>() + 8;

impl Budget {
    pub(crate) fn took(&self) {
        *self.left.lock().unwrap() -= 1;
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
