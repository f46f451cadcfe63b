// level: safe

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

pub(crate) struct Requests {
    count: AtomicU64,
}

impl Requests {
    pub(crate) fn add(&self) {
        self.count.fetch_add(1, Ordering::Relaxed);
    }
}

impl fmt::Display for Requests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("requests")
    }
}
