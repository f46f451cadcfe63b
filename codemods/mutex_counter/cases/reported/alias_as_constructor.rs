// reason: `Counted` is used there without its parameter

use std::sync::{Arc, Mutex};

type Counted<T> = Arc<Mutex<T>>;

pub(crate) struct Meter {
    ticks: Counted<u64>,
}

impl Meter {
    pub(crate) fn new() -> Self {
        Meter {
            ticks: Counted::new(Mutex::new(0)),
        }
    }

    pub(crate) fn tick(&self) {
        *self.ticks.lock().unwrap() += 1;
    }
}
