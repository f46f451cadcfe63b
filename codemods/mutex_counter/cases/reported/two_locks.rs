// reason: another lock, `self.holdings.lock()`, (line 19) runs while the lock is held

use std::collections::HashMap;
use std::sync::Mutex;

/// `used` is the sum of `holdings`.
pub(crate) struct Quota {
    capacity: u64,
    used: Mutex<u64>,
    holdings: Mutex<HashMap<String, u64>>,
}

impl Quota {
    pub(crate) fn used(&self) -> u64 {
        *self.used.lock().unwrap()
    }
    pub(crate) fn charge(&self, name: &str, bytes: u64) -> bool {
        let mut used = self.used.lock().unwrap();
        let mut holdings = self.holdings.lock().unwrap();
        if *used + bytes > self.capacity {
            return false;
        }
        *holdings.entry(name.to_owned()).or_default() += bytes;
        *used += bytes;
        true
    }
}
