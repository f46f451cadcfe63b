// reason: the new value is used, and the clock would be looked at twice

use std::sync::Mutex;
use std::time::Instant;

pub(crate) struct Stamps {
    start: Instant,
    last: Mutex<u64>,
}

impl Stamps {
    /// Micros since the start, each later than the one before.
    pub(crate) fn next(&self) -> u64 {
        let mut last = self.last.lock().unwrap();
        *last = (*last + 1).max(self.start.elapsed().as_micros() as u64);
        *last
    }
}
