// level: review
// prefer: std
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

struct Seen {
    all: Mutex<HashSet<u8>>,
}

impl Seen {
    async fn add(&self, more: impl Iterator<Item = u8>) {
        self.all
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(more);
    }

    async fn keep(&self, low: impl Fn(&u8) -> bool) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(low);
    }
}
