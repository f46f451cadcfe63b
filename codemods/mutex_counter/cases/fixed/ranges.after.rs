use std::sync::atomic::{AtomicUsize, Ordering};

pub(crate) struct Window {
    end: AtomicUsize,
    rounds: AtomicUsize,
}

impl Window {
    pub(crate) fn widen(&self) {
        self.end.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn seen<'a>(&self, all: &'a [u8]) -> &'a [u8] {
        &all[..self.end.load(Ordering::SeqCst)]
    }

    pub(crate) fn with_next<'a>(&self, all: &'a [u8]) -> &'a [u8] {
        &all[..=self.end.load(Ordering::SeqCst)]
    }

    pub(crate) fn rounds(&self) -> usize {
        self.rounds.fetch_add(1, Ordering::SeqCst);
        (0..self.rounds.load(Ordering::SeqCst)).sum()
    }
}
