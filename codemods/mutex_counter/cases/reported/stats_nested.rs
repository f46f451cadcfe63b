// reason: `Both.left` is `Side`, a struct of its own: its counters are to be made atomics by hand

use std::sync::Mutex;

#[derive(Default)]
pub(crate) struct Side {
    passed: u64,
}

#[derive(Default)]
pub(crate) struct Both {
    left: Side,
    right: Side,
}

pub(crate) fn pass(both: &Mutex<Both>, left: bool) {
    if left {
        both.lock().unwrap().left.passed += 1;
    } else {
        both.lock().unwrap().right.passed += 1;
    }
}
