// level: review

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

#[derive(Default)]
pub(crate) struct Averages {
    level: AtomicU64,
    limit: AtomicU32,
    peak: AtomicU64,
    tokens: AtomicU64,
}

impl Averages {
    pub(crate) fn add(&self, value: f64) {
        let _ = self
            .level
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |bits| {
                Some(f64::to_bits(f64::from_bits(bits) * 0.9 + value * 0.1))
            });
        let _ = self
            .peak
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |bits| {
                (value > f64::from_bits(bits)).then(|| f64::to_bits(value))
            });
    }

    pub(crate) fn set(&self, limit: f32) {
        self.limit.store(f32::to_bits(limit), Ordering::SeqCst);
    }

    pub(crate) fn is_high(&self) -> bool {
        f64::from_bits(self.level.load(Ordering::SeqCst))
            > f64::from(f32::from_bits(self.limit.load(Ordering::SeqCst)))
    }

    pub(crate) fn take(&self, wanted: f64) -> bool {
        if self
            .tokens
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |bits| {
                (!(f64::from_bits(bits) < wanted))
                    .then(|| f64::to_bits(f64::from_bits(bits) - wanted))
            })
            .is_err()
        {
            return false;
        }
        true
    }

    pub(crate) fn decay(&self) -> f64 {
        let step = |mut level: f64| {
            level *= 0.5;
            if level.is_nan() {
                level = 0.0;
            }
            level
        };
        step(f64::from_bits(
            self.level
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |bits| {
                    Some(f64::to_bits(step(f64::from_bits(bits))))
                })
                .unwrap(),
        ))
    }
}
