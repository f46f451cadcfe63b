use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

#[derive(Debug)]
pub(crate) enum Error {
    Poisoned,
}

pub(crate) struct Retries {
    attempts: AtomicU32,
    failures: AtomicU32,
    skipped: AtomicU32,
    depth: AtomicI64,
}

impl Retries {
    pub(crate) fn attempt(&self) -> Result<u32, Error> {
        let attempts = self.attempts.fetch_add(1, Ordering::Relaxed) + 1;
        Ok(attempts)
    }

    pub(crate) fn failed(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
        self.depth.fetch_sub(1, Ordering::Relaxed);
    }

    pub(crate) fn failures(&self) -> u32 {
        self.failures.load(Ordering::Relaxed)
    }

    pub(crate) fn skip(&self) {
        self.skipped.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn skipped(&self) -> u32 {
        self.skipped.load(Ordering::Relaxed)
    }

    pub(crate) fn depth(&self) -> i64 {
        self.depth.load(Ordering::Relaxed)
    }

    pub(crate) fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::Relaxed)
    }
}
