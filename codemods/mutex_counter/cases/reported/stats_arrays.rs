// reason: `Buckets.below` is `[u64; 4]`: an array of atomics is to be made by hand

use std::sync::Mutex;

#[derive(Default)]
pub(crate) struct Buckets {
    below: [u64; 4],
}

#[derive(Default)]
pub(crate) struct Latency {
    buckets: Mutex<Buckets>,
}

impl Latency {
    pub(crate) fn seen(&self, at: usize) {
        self.buckets.lock().unwrap().below[at] += 1;
    }
}
