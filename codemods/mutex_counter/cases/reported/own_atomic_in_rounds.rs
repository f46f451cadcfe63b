// reason: is not SeqCst: a lock keeps the two in order

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Mutex;
use std::thread::Scope;

/// What is counted in a round that began before the stop must not come in after the reset.
pub(crate) struct Worker {
    running: Mutex<bool>,
    rounds: AtomicU64,
}

impl Worker {
    pub(crate) fn start<'s>(&'s self, scope: &'s Scope<'s, '_>) {
        scope.spawn(|| {
            while *self.running.lock().unwrap() {
                self.rounds.fetch_add(1, Ordering::Relaxed);
            }
        });
    }

    pub(crate) fn stop(&self) {
        *self.running.lock().unwrap() = false;
        self.reset();
    }

    fn reset(&self) {
        self.rounds.store(0, Ordering::Relaxed);
    }
}
