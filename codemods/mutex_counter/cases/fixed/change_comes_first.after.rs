// level: review
use std::sync::atomic::{AtomicU32, Ordering};

static LAST: AtomicU32 = AtomicU32::new(0);

/// Where the clock went back, the sum panics in a debug build, and the old time stayed.
pub(crate) fn since(now: u32) -> u32 {
    let last = LAST.swap(now, Ordering::SeqCst);
    let passed = now - last;
    passed
}
