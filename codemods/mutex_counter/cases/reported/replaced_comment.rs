// reason: a comment stands inside the text that would be replaced

use std::sync::Mutex;

#[derive(Default)]
pub(crate) struct Misses {
    misses: Mutex<u64>,
}

impl Misses {
    pub(crate) fn miss(&self) {
        *self
            .misses
            .lock()
            // A panic elsewhere cannot have left it half written.
            .unwrap_or_else(|e| e.into_inner()) += 1;
    }
}
