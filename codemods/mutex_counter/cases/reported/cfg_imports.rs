// reason: `Mutex` is imported differently under `cfg`

#[cfg(target_os = "none")]
use parking_lot::Mutex;
#[cfg(not(target_os = "none"))]
use std::sync::Mutex;

#[derive(Default)]
pub(crate) struct Ticks {
    ticks: Mutex<u64>,
}

impl Ticks {
    #[cfg(not(target_os = "none"))]
    pub(crate) fn tick(&self) {
        *self.ticks.lock().unwrap() += 1;
    }
}
