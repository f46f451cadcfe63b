use std::sync::Mutex;

// Kept as a lock: its poisoning tells the supervisor that a worker died in `tick`.
pub(crate) struct Heart {
    // spikeproof: allow(mutex-counter)
    beats: Mutex<u64>,
}

impl Heart {
    pub(crate) fn beat(&self) {
        *self.beats.lock().unwrap() += 1;
    }

    pub(crate) fn healthy(&self) -> bool {
        self.beats.lock().is_ok()
    }
}
