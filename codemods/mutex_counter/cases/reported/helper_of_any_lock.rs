// reason: `lock_any(..)` takes any `Mutex<T>`, so that a helper locks it

use std::sync::{Mutex, MutexGuard, PoisonError};

fn lock_any<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Default)]
pub(crate) struct Doors {
    open: Mutex<u32>,
}

impl Doors {
    pub(crate) fn open(&self) {
        *lock_any(&self.open) += 1;
    }

    pub(crate) fn opened(&self) -> u32 {
        *lock_any(&self.open)
    }
}
