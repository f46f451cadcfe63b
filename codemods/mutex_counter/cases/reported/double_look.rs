// reason: a decision or a second change comes between

use std::sync::Mutex;

pub(crate) struct Breaker {
    failures: Mutex<u32>,
    open: bool,
}

impl Breaker {
    /// Counts a failure, and starts anew when there were too many: both in one step.
    pub(crate) fn fail(&self, limit: u32) -> bool {
        let mut failures = self.failures.lock().unwrap();
        *failures += 1;
        let trips = *failures >= limit;
        if trips {
            *failures = 0;
        }
        trips
    }
}
