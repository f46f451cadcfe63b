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
        if self.started.swap(true, Ordering::SeqCst) {
            return false;
        }
        self.listen();
        true
    }

    fn listen(&self) {
        let running = self.running.clone();
        running.store(true, Ordering::SeqCst);
        std::thread::spawn(move || {
            while running.load(Ordering::SeqCst) {
                std::thread::yield_now();
            }
        });
    }

    pub(crate) fn stop(&self) {
        self.running.store(false, Ordering::SeqCst);
        self.draining.store(true, Ordering::SeqCst);
    }

    pub(crate) fn serves(&self) -> bool {
        self.running.load(Ordering::SeqCst) && !self.draining.load(Ordering::SeqCst)
    }

    pub(crate) fn write(&self, changed: bool) {
        self.dirty.fetch_or(changed, Ordering::SeqCst);
    }

    /// Whether anything was written since the last call.
    pub(crate) fn take_dirty(&self) -> bool {
        self.dirty.swap(false, Ordering::SeqCst)
    }

    pub(crate) fn toggle_verbose(&self) {
        self.verbose.fetch_xor(true, Ordering::SeqCst);
    }

    pub(crate) fn mask_verbose(&self, allowed: bool) {
        self.verbose.fetch_and(allowed, Ordering::SeqCst);
    }

    pub(crate) fn flip_verbose(&self, by: bool) {
        self.verbose.fetch_xor(by, Ordering::SeqCst);
    }
}
