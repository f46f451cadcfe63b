// level: review

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::Arc;
use std::time::Instant;

#[derive(Default)]
pub(crate) struct Usage {
    seconds: AtomicU64,
    share: Arc<AtomicU32>,
}

static PAID: AtomicU64 = AtomicU64::new(0);
static PRICE: AtomicU32 = AtomicU32::new(f32::to_bits(-0.0));

impl Usage {
    pub(crate) fn new(seconds: f64) -> Self {
        Usage {
            seconds: AtomicU64::new(f64::to_bits(seconds)),
            share: Arc::new(AtomicU32::new(f32::to_bits(0.5))),
        }
    }

    pub(crate) fn used(&self, seconds: f64, rest: f64) {
        let _ = self
            .seconds
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |bits| {
                Some(f64::to_bits(f64::from_bits(bits) + (seconds - rest)))
            });
        let _ = self
            .share
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |bits| {
                Some(f32::to_bits(f32::from_bits(bits) - 0.25))
            });
        let _ = PAID.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |bits| {
            Some(f64::to_bits(f64::from_bits(bits) + seconds * 3.0))
        });
    }

    pub(crate) fn timed(&self, since: Instant) {
        let value = since.elapsed().as_secs_f64();
        let _ = self
            .seconds
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |bits| {
                Some(f64::to_bits(f64::from_bits(bits) + value))
            });
    }

    pub(crate) fn reset(&self, price: f32) -> f64 {
        PRICE.store(f32::to_bits(price), Ordering::SeqCst);
        f64::from_bits(self.seconds.swap(f64::to_bits(0.0), Ordering::SeqCst))
    }

    pub(crate) fn shown(&self) -> String {
        let seconds = f64::from_bits(self.seconds.load(Ordering::SeqCst));
        format!("{seconds:.1} s")
    }

    pub(crate) fn running(&self, by: f64) -> f64 {
        f64::from_bits(
            self.seconds
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |bits| {
                    Some(f64::to_bits(f64::from_bits(bits) + by))
                })
                .unwrap(),
        ) + by
    }

    pub(crate) fn price() -> f32 {
        f32::from_bits(PRICE.load(Ordering::SeqCst))
    }

    pub(crate) fn end(self) -> f64 {
        f64::from_bits(self.seconds.into_inner())
    }
}
