// level: safe

use std::sync::atomic::{AtomicU64, Ordering};

mod locks {
    pub(crate) use std::sync::Mutex;

    pub(crate) fn name() -> Mutex<String> {
        Mutex::default()
    }
}

pub(crate) struct Visits {
    seen: AtomicU64,
}

impl Visits {
    pub(crate) fn visit(&self) {
        self.seen.fetch_add(1, Ordering::Relaxed);
    }
}
