// reason: `Gauge` holds it, which has an impl chosen

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::Mutex;

pub(crate) struct Gauge<T> {
    value: T,
}

impl Gauge<Mutex<i64>> {
    pub(crate) fn scale(&self) -> i64 {
        *self.value.lock().unwrap() * 100
    }
}

impl Gauge<AtomicI64> {
    pub(crate) fn scale(&self) -> i64 {
        self.value.load(Ordering::SeqCst)
    }
}

pub(crate) struct Panel {
    left: Gauge<Mutex<i64>>,
}

impl Panel {
    pub(crate) fn raise(&self) {
        *self.left.value.lock().unwrap() += 1;
    }

    pub(crate) fn shown(&self) -> i64 {
        self.left.scale()
    }
}
