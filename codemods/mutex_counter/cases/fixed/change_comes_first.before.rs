// level: review
use std::sync::Mutex;

static LAST: Mutex<u32> = Mutex::new(0);

/// Where the clock went back, the sum panics in a debug build, and the old time stayed.
pub(crate) fn since(now: u32) -> u32 {
    let mut last = LAST.lock().unwrap();
    let passed = now - *last;
    *last = now;
    passed
}
