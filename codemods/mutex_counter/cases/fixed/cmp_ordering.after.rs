// level: safe

use std::cmp::Ordering;
use std::sync::atomic::AtomicU64;

pub(crate) struct Sorter {
    compared: AtomicU64,
}

impl Sorter {
    pub(crate) fn compare(&self, left: &str, right: &str) -> Ordering {
        self.compared
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        match left.len().cmp(&right.len()) {
            Ordering::Equal => left.cmp(right),
            other => other,
        }
    }

    pub(crate) fn compared(&self) -> u64 {
        self.compared.load(std::sync::atomic::Ordering::Relaxed)
    }
}
