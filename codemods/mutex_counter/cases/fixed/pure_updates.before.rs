use std::sync::Mutex;

pub(crate) struct Limits {
    backoff_ms: Mutex<u64>,
    credit: Mutex<u32>,
    slot: Mutex<usize>,
    bits: Mutex<u8>,
    level: Mutex<i32>,
    hash: Mutex<u64>,
    slots: usize,
}

impl Limits {
    pub(crate) fn back_off(&self) {
        *self.backoff_ms.lock().unwrap() *= 2;
    }

    pub(crate) fn recover(&self) {
        let mut backoff = self.backoff_ms.lock().unwrap();
        *backoff = backoff.saturating_sub(10);
    }

    pub(crate) fn spend(&self) {
        let mut credit = self.credit.lock().unwrap();
        if *credit > 0 {
            *credit -= 1;
        }
    }

    pub(crate) fn next_slot(&self, names: &[String]) -> String {
        let mut slot = self.slot.lock().unwrap();
        let name = names[*slot].clone();
        *slot = (*slot + 1) % self.slots;
        name
    }

    pub(crate) fn rotate(&self) {
        let mut bits = self.bits.lock().unwrap();
        *bits = bits.rotate_left(1);
    }

    pub(crate) fn shift(&self, by: u32) {
        *self.bits.lock().unwrap() <<= by + 1;
    }

    pub(crate) fn step(&self) {
        let mut level = self.level.lock().unwrap();
        *level += 1;
        if *level > 9 {
            *level = 0;
        }
    }

    pub(crate) fn mix(&self, word: u64) {
        let mut hash = self.hash.lock().unwrap();
        *hash = hash.wrapping_add(word);
    }
}
