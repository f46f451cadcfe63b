// level: safe

use std::cmp::Ordering;
use std::sync::Mutex;

pub(crate) struct Sorter {
    compared: Mutex<u64>,
}

impl Sorter {
    pub(crate) fn compare(&self, left: &str, right: &str) -> Ordering {
        *self.compared.lock().unwrap() += 1;
        match left.len().cmp(&right.len()) {
            Ordering::Equal => left.cmp(right),
            other => other,
        }
    }

    pub(crate) fn compared(&self) -> u64 {
        *self.compared.lock().unwrap()
    }
}
