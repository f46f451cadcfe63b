// level: review

use std::sync::{Arc, Mutex, RwLock};

pub(crate) struct Server {
    running: Arc<RwLock<bool>>,
    draining: Mutex<bool>,
    dirty: Mutex<bool>,
    verbose: Mutex<bool>,
    started: Mutex<bool>,
}

impl Server {
    pub(crate) fn new() -> Self {
        Server {
            running: Arc::new(RwLock::new(false)),
            draining: Mutex::new(false),
            dirty: Mutex::new(false),
            verbose: Mutex::new(false),
            started: Mutex::new(false),
        }
    }

    pub(crate) fn start(&self) -> bool {
        let mut started = self.started.lock().unwrap();
        if *started {
            return false;
        }
        *started = true;
        drop(started);
        self.listen();
        true
    }

    fn listen(&self) {
        let running = self.running.clone();
        *running.write().unwrap() = true;
        std::thread::spawn(move || {
            while *running.read().unwrap() {
                std::thread::yield_now();
            }
        });
    }

    pub(crate) fn stop(&self) {
        {
            let mut running = self.running.write().unwrap();
            *running = false;
        }
        *self.draining.lock().unwrap() = true;
    }

    pub(crate) fn serves(&self) -> bool {
        *self.running.read().unwrap() && !*self.draining.lock().unwrap()
    }

    pub(crate) fn write(&self, changed: bool) {
        *self.dirty.lock().unwrap() |= changed;
    }

    /// Whether anything was written since the last call.
    pub(crate) fn take_dirty(&self) -> bool {
        let mut dirty = self.dirty.lock().unwrap();
        std::mem::take(&mut *dirty)
    }

    pub(crate) fn toggle_verbose(&self) {
        let mut verbose = self.verbose.lock().unwrap();
        *verbose = !*verbose;
    }

    pub(crate) fn mask_verbose(&self, allowed: bool) {
        *self.verbose.lock().unwrap() &= allowed;
    }

    pub(crate) fn flip_verbose(&self, by: bool) {
        *self.verbose.lock().unwrap() ^= by;
    }
}
