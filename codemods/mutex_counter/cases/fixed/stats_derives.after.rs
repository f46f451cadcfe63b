// level: review

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// What passed.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    sent: AtomicU64,
    received: AtomicU64,
}

/// What failed.
pub(crate) struct Failures {
    timeouts: AtomicU32,
    resets: AtomicU32,
}

#[derive(Debug)]
pub(crate) struct Link {
    traffic: Traffic,
}

pub(crate) static FAILURES: Failures = Failures {
    timeouts: AtomicU32::new(0),
    resets: AtomicU32::new(0),
};

impl Link {
    pub(crate) fn send(&self, bytes: u64) {
        self.traffic.sent.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn receive(&self, bytes: u64) {
        self.traffic.received.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn fail(&self, timeout: bool) {
        if timeout {
            FAILURES.timeouts.fetch_add(1, Ordering::Relaxed);
        } else {
            FAILURES.resets.fetch_add(1, Ordering::Relaxed);
        }
    }
}
