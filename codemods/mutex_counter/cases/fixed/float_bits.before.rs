// level: review

use std::sync::Mutex;

pub(crate) struct Load {
    bits: Mutex<u64>,
}

impl Load {
    pub(crate) fn add(&self, by: f64) {
        let mut bits = self.bits.lock().unwrap();
        *bits = (f64::from_bits(*bits) + by).to_bits();
    }

    pub(crate) fn get(&self) -> f64 {
        f64::from_bits(*self.bits.lock().unwrap())
    }
}
