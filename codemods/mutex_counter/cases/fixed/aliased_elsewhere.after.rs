//! Aliases and a struct that other files put behind their locks (`aliased_numbers` does).

use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex};

pub(crate) type Tally = u64;
pub(crate) type Pooled<T> = Arc<Mutex<T>>;

#[derive(Default)]
pub(crate) struct NearStats {
    pub(crate) sent: AtomicU64,
    pub(crate) open: AtomicBool,
}

/// Behind the same alias, but no number.
pub(crate) fn names(of: &Pooled<Vec<String>>) -> Tally {
    of.lock().unwrap().len() as Tally
}
