// reason: `AnswersFirst` gives what may be a handle to it a method `load`, which a call would find before the atomic's

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

pub(crate) trait AnswersFirst {
    fn load(&self, order: Ordering) -> u32;
}

/// Found for `count.load(..)` before the atomic's own.
impl AnswersFirst for Arc<AtomicU32> {
    fn load(&self, _: Ordering) -> u32 {
        888
    }
}

pub(crate) fn counted() -> u32 {
    let count = Arc::new(Mutex::new(0u32));
    *count.lock().unwrap() += 1;
    let now = *count.lock().unwrap();
    now
}
