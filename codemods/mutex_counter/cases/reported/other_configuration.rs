// reason: may lock it, but

use std::sync::Mutex;

pub(crate) struct Probe {
    wakes: Mutex<u64>,
}

impl Probe {
    pub(crate) fn wake(&self) {
        *self.wakes.lock().unwrap() += 1;
    }

    #[cfg(target_os = "windows")]
    pub(crate) fn drain(&self) -> u64 {
        let mut wakes = self.wakes.lock().unwrap();
        let n = *wakes;
        *wakes = 0;
        n
    }
}
