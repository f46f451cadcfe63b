// level: review

use std::sync::atomic::{AtomicU64, Ordering};

pub(crate) struct Load {
    bits: AtomicU64,
}

impl Load {
    pub(crate) fn add(&self, by: f64) {
        let _ = self
            .bits
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |bits| {
                Some((f64::from_bits(bits) + by).to_bits())
            });
    }

    pub(crate) fn get(&self) -> f64 {
        f64::from_bits(self.bits.load(Ordering::SeqCst))
    }
}
