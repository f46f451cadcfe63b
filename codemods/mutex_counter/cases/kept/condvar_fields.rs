use parking_lot::{Condvar, Mutex};

pub(crate) struct Slots {
    free: Mutex<usize>,
    changed: Condvar,
}

impl Slots {
    pub(crate) fn new(free: usize) -> Self {
        Slots {
            free: Mutex::new(free),
            changed: Condvar::new(),
        }
    }

    pub(crate) fn take(&self) {
        let mut free = self.free.lock();
        while *free == 0 {
            self.changed.wait(&mut free);
        }
        *free -= 1;
    }

    pub(crate) fn give(&self) {
        *self.free.lock() += 1;
        self.changed.notify_one();
    }
}
