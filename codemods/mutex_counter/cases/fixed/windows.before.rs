// level: safe

use std::mem;
use std::sync::Mutex;

#[derive(Default)]
pub(crate) struct Window {
    hits: Mutex<u64>,
    misses: Mutex<u64>,
    errors: Mutex<u64>,
    peak: Mutex<u64>,
}

impl Window {
    pub(crate) fn hit(&self) {
        *self.hits.lock().unwrap() += 1;
    }

    /// Counts since the last call.
    pub(crate) fn take(&self) -> (u64, u64, u64) {
        let hits = mem::take(&mut *self.hits.lock().unwrap());
        let misses = std::mem::replace(&mut *self.misses.lock().unwrap(), 0);
        let errors = {
            let mut errors = self.errors.lock().unwrap();
            let n = *errors;
            *errors = 0;
            n
        };
        (hits, misses, errors)
    }

    pub(crate) fn reset(&self) -> u64 {
        let mut hits = self.hits.lock().unwrap();
        let old = *hits;
        *hits = 0;
        old
    }

    pub(crate) fn exchange(&self, mut peak: u64) -> u64 {
        mem::swap(&mut *self.peak.lock().unwrap(), &mut peak);
        peak
    }

    pub(crate) fn fail(&self, errors: u64) {
        *self.errors.lock().unwrap() = errors;
    }
}
