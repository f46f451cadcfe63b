// level: review

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;

pub(crate) struct Server {
    running: Arc<AtomicBool>,
    draining: AtomicBool,
    dirty: AtomicBool,
    verbose: AtomicBool,
    started: AtomicBool,
}

impl Server {
    pub(crate) fn new() -> Self {
        Server {
            running: Arc::new(AtomicBool::new(false)),
            draining: AtomicBool::new(false),
            dirty: AtomicBool::new(false),
            verbose: AtomicBool::new(false),
            started: AtomicBool::new(false),
        }
    }

    pub(crate) fn start(&self) -> bool {
        if self.started.swap(true, Ordering::AcqRel) {
            return false;
        }
        self.listen();
        true
    }

    fn listen(&self) {
        let running = self.running.clone();
        running.store(true, Ordering::Release);
        std::thread::spawn(move || {
            while running.load(Ordering::Acquire) {
                std::thread::yield_now();
            }
        });
    }

    pub(crate) fn stop(&self) {
        self.running.store(false, Ordering::Release);
        self.draining.store(true, Ordering::Release);
    }

    pub(crate) fn serves(&self) -> bool {
        self.running.load(Ordering::Acquire) && !self.draining.load(Ordering::Acquire)
    }

    pub(crate) fn write(&self, changed: bool) {
        self.dirty.fetch_or(changed, Ordering::AcqRel);
    }

    /// Whether anything was written since the last call.
    pub(crate) fn take_dirty(&self) -> bool {
        self.dirty.swap(false, Ordering::AcqRel)
    }

    pub(crate) fn toggle_verbose(&self) {
        self.verbose.fetch_xor(true, Ordering::AcqRel);
    }

    pub(crate) fn mask_verbose(&self, allowed: bool) {
        self.verbose.fetch_and(allowed, Ordering::AcqRel);
    }

    pub(crate) fn flip_verbose(&self, by: bool) {
        self.verbose.fetch_xor(by, Ordering::AcqRel);
    }
}
