// reason: the change is skipped while somebody else holds the lock

use std::sync::Mutex;

#[derive(Default)]
pub(crate) struct Sampler {
    samples: Mutex<u64>,
}

impl Sampler {
    /// Skips the sample when somebody else is at it: the count is not exact on purpose.
    pub(crate) fn sample(&self) {
        if let Ok(mut samples) = self.samples.try_lock() {
            *samples += 1;
        }
    }

    pub(crate) fn samples(&self) -> u64 {
        *self.samples.lock().unwrap()
    }
}
