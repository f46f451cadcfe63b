// level: review
use std::sync::atomic::{AtomicU32, Ordering};

static TURNS: AtomicU32 = AtomicU32::new(0);

/// Who panics with the guard leaves a poisoned lock to the others.
pub(crate) fn turn() {
    let turns = TURNS.fetch_add(1, Ordering::SeqCst) + 1;
    if turns == 2 {
        panic!("the second turn");
    }
}
