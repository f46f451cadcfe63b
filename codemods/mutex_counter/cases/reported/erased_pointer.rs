// edition: 2018
// reason: `Arc::into_raw(..)` is given it, so that its type is no longer told

use std::sync::{Arc, Mutex};

type Runs = Mutex<i8>;

/// As callbacks of C have it: the handle is a number in between.
pub(crate) fn register() -> (Arc<Runs>, usize) {
    let runs: Arc<Mutex<i8>> = Arc::new(Mutex::new(0));
    let user = Arc::into_raw(runs.clone()) as usize;
    *runs.lock().unwrap() += 1;
    (runs, user)
}

pub(crate) fn called_back(user: usize) {
    // SAFETY: `register` made it.
    let runs = unsafe { Arc::from_raw(user as *const Runs) };
    *runs.lock().unwrap() += 1;
}
