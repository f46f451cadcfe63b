// level: review

use std::sync::Mutex;

/// What passed.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Traffic {
    sent: u64,
    received: u64,
}

/// What failed.
#[derive(Clone, Copy)]
pub(crate) struct Failures {
    timeouts: u32,
    resets: u32,
}

#[derive(Debug)]
pub(crate) struct Link {
    traffic: Mutex<Traffic>,
}

pub(crate) static FAILURES: Mutex<Failures> = Mutex::new(Failures {
    timeouts: 0,
    resets: 0,
});

impl Link {
    pub(crate) fn send(&self, bytes: u64) {
        self.traffic.lock().unwrap().sent += bytes;
    }

    pub(crate) fn receive(&self, bytes: u64) {
        let mut traffic = self.traffic.lock().unwrap();
        traffic.received += bytes;
    }

    pub(crate) fn fail(&self, timeout: bool) {
        if timeout {
            FAILURES.lock().unwrap().timeouts += 1;
        } else {
            FAILURES.lock().unwrap().resets += 1;
        }
    }
}
