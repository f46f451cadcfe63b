// reason: `requests`, `bytes` are used in one critical section that changes them

use std::sync::Mutex;

#[derive(Default)]
pub(crate) struct Traffic {
    requests: u64,
    bytes: u64,
}

#[derive(Default)]
pub(crate) struct Service {
    traffic: Mutex<Traffic>,
}

impl Service {
    /// Both or none: the mean is taken from the two.
    pub(crate) fn record(&self, bytes: u64) {
        let mut traffic = self.traffic.lock().unwrap();
        traffic.requests += 1;
        traffic.bytes += bytes;
    }

    pub(crate) fn mean(&self) -> u64 {
        let traffic = self.traffic.lock().unwrap();
        traffic.bytes / traffic.requests.max(1)
    }
}
