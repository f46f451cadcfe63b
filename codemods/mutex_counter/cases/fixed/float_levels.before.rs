use std::sync::{Mutex, RwLock};

#[derive(Default)]
pub(crate) struct Averages {
    level: Mutex<f64>,
    limit: RwLock<f32>,
    wide: Mutex<u128>,
    offset: Mutex<i128>,
}

impl Averages {
    pub(crate) fn add(&self, value: f64) {
        let mut level = self.level.lock().unwrap();
        *level = *level * 0.9 + value * 0.1;
        *self.wide.lock().unwrap() += value as u128;
        *self.offset.lock().unwrap() -= 1;
    }

    pub(crate) fn set(&self, limit: f32) {
        *self.limit.write().unwrap() = limit;
    }

    pub(crate) fn is_high(&self) -> bool {
        *self.level.lock().unwrap() > f64::from(*self.limit.read().unwrap())
    }
}
