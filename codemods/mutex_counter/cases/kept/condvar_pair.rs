use std::sync::{Arc, Condvar, Mutex};

/// One side waits until the other has finished its start-up.
#[derive(Clone)]
pub(crate) struct Gate {
    pair: Arc<(Mutex<bool>, Condvar)>,
}

impl Gate {
    pub(crate) fn new() -> Self {
        Gate {
            pair: Arc::new((Mutex::new(false), Condvar::new())),
        }
    }

    pub(crate) fn open(&self) {
        let (lock, condvar) = &*self.pair;
        *lock.lock().unwrap() = true;
        condvar.notify_all();
    }

    pub(crate) fn wait(&self) {
        let (lock, condvar) = &*self.pair;
        let mut open = lock.lock().unwrap();
        while !*open {
            open = condvar.wait(open).unwrap();
        }
    }
}
