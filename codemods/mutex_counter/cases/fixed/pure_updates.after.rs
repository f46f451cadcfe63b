use std::sync::atomic::{AtomicI32, AtomicU32, AtomicU64, AtomicU8, AtomicUsize, Ordering};

pub(crate) struct Limits {
    backoff_ms: AtomicU64,
    credit: AtomicU32,
    slot: AtomicUsize,
    bits: AtomicU8,
    level: AtomicI32,
    hash: AtomicU64,
    slots: usize,
}

impl Limits {
    pub(crate) fn back_off(&self) {
        let _ = self
            .backoff_ms
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |value| Some(value * 2));
    }

    pub(crate) fn recover(&self) {
        let _ = self
            .backoff_ms
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |backoff| {
                Some(backoff.saturating_sub(10))
            });
    }

    pub(crate) fn spend(&self) {
        let _ = self
            .credit
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |credit| {
                (credit > 0).then(|| credit - 1)
            });
    }

    pub(crate) fn next_slot(&self, names: &[String]) -> String {
        let slot = self
            .slot
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |slot| {
                Some((slot + 1) % self.slots)
            })
            .unwrap();
        let name = names[slot].clone();
        name
    }

    pub(crate) fn rotate(&self) {
        let _ = self
            .bits
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |bits| {
                Some(bits.rotate_left(1))
            });
    }

    pub(crate) fn shift(&self, by: u32) {
        let _ = self
            .bits
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |value| {
                Some(value << (by + 1))
            });
    }

    pub(crate) fn step(&self) {
        let _ = self
            .level
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |mut level| {
                level += 1;
                if level > 9 {
                    level = 0;
                }
                Some(level)
            });
    }

    pub(crate) fn mix(&self, word: u64) {
        self.hash.fetch_add(word, Ordering::Relaxed);
    }
}
