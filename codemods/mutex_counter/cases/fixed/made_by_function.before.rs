// level: safe

use parking_lot::Mutex;

pub struct Served {
    count: Mutex<usize>,
}

impl Served {
    pub const fn new() -> Self {
        Self {
            count: parking_lot::const_mutex(0),
        }
    }

    pub fn add(&self) {
        *self.count.lock() += 1;
    }

    pub fn count(&self) -> usize {
        *self.count.lock()
    }
}
