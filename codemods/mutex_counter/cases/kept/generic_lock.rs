use std::ops::AddAssign;
use std::sync::{Arc, Mutex};

/// A lock around whatever the caller adds up.
pub(crate) struct Sum<T> {
    value: Arc<Mutex<T>>,
}

impl<T: AddAssign + Copy> Sum<T> {
    pub(crate) fn new(value: T) -> Self {
        Sum {
            value: Arc::new(Mutex::new(value)),
        }
    }

    pub(crate) fn add(&self, by: T) -> T {
        let mut value = self.value.lock().unwrap();
        *value += by;
        *value
    }
}

pub(crate) fn total() -> u64 {
    let sum = Sum::new(0u64);
    sum.add(1);
    sum.add(2)
}
