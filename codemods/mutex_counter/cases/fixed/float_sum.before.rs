// level: review

use std::sync::{Arc, Mutex};
use std::time::Instant;

#[derive(Default)]
pub(crate) struct Usage {
    seconds: Mutex<f64>,
    share: Arc<Mutex<f32>>,
}

static PAID: Mutex<f64> = Mutex::new(0.0);
static PRICE: Mutex<f32> = Mutex::new(-0.0);

impl Usage {
    pub(crate) fn new(seconds: f64) -> Self {
        Usage {
            seconds: Mutex::new(seconds),
            share: Arc::new(Mutex::new(0.5)),
        }
    }

    pub(crate) fn used(&self, seconds: f64, rest: f64) {
        *self.seconds.lock().unwrap() += seconds - rest;
        *self.share.lock().unwrap() -= 0.25;
        *PAID.lock().unwrap() += seconds * 3.0;
    }

    pub(crate) fn timed(&self, since: Instant) {
        *self.seconds.lock().unwrap() += since.elapsed().as_secs_f64();
    }

    pub(crate) fn reset(&self, price: f32) -> f64 {
        *PRICE.lock().unwrap() = price;
        std::mem::take(&mut *self.seconds.lock().unwrap())
    }

    pub(crate) fn shown(&self) -> String {
        let seconds = self.seconds.lock().unwrap();
        format!("{seconds:.1} s")
    }

    pub(crate) fn running(&self, by: f64) -> f64 {
        let mut seconds = self.seconds.lock().unwrap();
        *seconds += by;
        *seconds
    }

    pub(crate) fn price() -> f32 {
        *PRICE.lock().unwrap()
    }

    pub(crate) fn end(self) -> f64 {
        self.seconds.into_inner().unwrap()
    }
}
