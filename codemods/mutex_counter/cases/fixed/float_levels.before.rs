// level: review

use std::sync::{Mutex, RwLock};

#[derive(Default)]
pub(crate) struct Averages {
    level: Mutex<f64>,
    limit: RwLock<f32>,
    peak: parking_lot::Mutex<f64>,
    tokens: Mutex<f64>,
}

impl Averages {
    pub(crate) fn add(&self, value: f64) {
        let mut level = self.level.lock().unwrap();
        *level = *level * 0.9 + value * 0.1;
        drop(level);
        let mut peak = self.peak.lock();
        if value > *peak {
            *peak = value;
        }
    }

    pub(crate) fn set(&self, limit: f32) {
        *self.limit.write().unwrap() = limit;
    }

    pub(crate) fn is_high(&self) -> bool {
        *self.level.lock().unwrap() > f64::from(*self.limit.read().unwrap())
    }

    pub(crate) fn take(&self, wanted: f64) -> bool {
        let mut tokens = self.tokens.lock().unwrap();
        if *tokens < wanted {
            return false;
        }
        *tokens -= wanted;
        true
    }

    pub(crate) fn decay(&self) -> f64 {
        let mut level = self.level.lock().unwrap();
        *level *= 0.5;
        if level.is_nan() {
            *level = 0.0;
        }
        *level
    }
}
