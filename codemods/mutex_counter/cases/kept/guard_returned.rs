use std::sync::{Mutex, MutexGuard, PoisonError};

pub(crate) struct Meter {
    value: Mutex<u64>,
}

impl Meter {
    pub(crate) fn hold(&self) -> MutexGuard<'_, u64> {
        self.value.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add(&self, by: u64) {
        *self.value.lock().unwrap() += by;
    }

    pub(crate) fn add_twice(&self, by: u64) {
        let mut value = self.hold();
        *value += by;
        *value += by;
    }
}
