// level: safe

use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Default)]
pub(crate) struct Window {
    hits: AtomicU64,
    misses: AtomicU64,
    errors: AtomicU64,
    peak: AtomicU64,
}

impl Window {
    pub(crate) fn hit(&self) {
        self.hits.fetch_add(1, Ordering::SeqCst);
    }

    /// Counts since the last call.
    pub(crate) fn take(&self) -> (u64, u64, u64) {
        let hits = self.hits.swap(0, Ordering::SeqCst);
        let misses = self.misses.swap(0, Ordering::SeqCst);
        let errors = self.errors.swap(0, Ordering::SeqCst);
        (hits, misses, errors)
    }

    pub(crate) fn reset(&self) -> u64 {
        self.hits.swap(0, Ordering::SeqCst)
    }

    pub(crate) fn exchange(&self, mut peak: u64) -> u64 {
        peak = self.peak.swap(peak, Ordering::SeqCst);
        peak
    }

    pub(crate) fn fail(&self, errors: u64) {
        self.errors.store(errors, Ordering::SeqCst);
    }
}
