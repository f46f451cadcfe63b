use std::sync::{Mutex, RwLock};

#[derive(Default)]
pub(crate) struct Averages {
    sum: Mutex<f64>,
    weight: RwLock<f32>,
    wide: Mutex<u128>,
    offset: Mutex<i128>,
}

impl Averages {
    pub(crate) fn add(&self, value: f64) {
        *self.sum.lock().unwrap() += value;
        *self.weight.write().unwrap() += 1.0;
        *self.wide.lock().unwrap() += value as u128;
        *self.offset.lock().unwrap() -= 1;
    }

    pub(crate) fn mean(&self) -> f64 {
        *self.sum.lock().unwrap() / f64::from(*self.weight.read().unwrap())
    }
}
