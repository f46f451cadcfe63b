// level: review

//! Numbers that tell how much of something else is ready: they are never Relaxed.

use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// The slots below `len` are written.
pub struct Ring {
    slots: Vec<AtomicU64>,
    len: Mutex<usize>,
}

impl Ring {
    pub fn push(&self, at: usize, v: u64) {
        self.slots[at].store(v, Ordering::Relaxed);
        *self.len.lock().unwrap() += 1;
    }

    pub fn sum(&self) -> u64 {
        let n = *self.len.lock().unwrap();
        self.slots[..n]
            .iter()
            .map(|s| s.load(Ordering::Relaxed))
            .sum()
    }
}

/// Only shown, but what is shown beside it was written before it.
pub(crate) struct Progress {
    last: AtomicU64,
    done: Mutex<u64>,
}

impl Progress {
    pub(crate) fn step(&self, id: u64) {
        self.last.store(id, Ordering::Relaxed);
        let mut done = self.done.lock().unwrap();
        *done += 1;
    }

    pub(crate) fn show(&self) {
        let done = *self.done.lock().unwrap();
        println!("{done} done, {} last", self.last.load(Ordering::Relaxed));
    }
}

/// Written by a helper, read through a clone of the handle.
pub(crate) struct Loader {
    ready: Arc<AtomicBool>,
    loads: Mutex<u32>,
}

impl Loader {
    fn mark(&self) {
        self.ready.store(true, Ordering::Relaxed);
    }

    pub(crate) fn load(&self) {
        self.mark();
        *self.loads.lock().unwrap() += 1;
    }

    pub(crate) fn report(&self) {
        let ready = Arc::clone(&self.ready);
        log::info!("{} loads", self.loads.lock().unwrap());
        log::info!("ready: {}", ready.load(Ordering::Relaxed));
    }
}

/// The cells below `filled` belong to the readers.
pub(crate) struct Cells {
    cells: UnsafeCell<[u64; 8]>,
    filled: Mutex<usize>,
}

unsafe impl Sync for Cells {}

impl Cells {
    pub(crate) fn fill(&self, v: u64) {
        // SAFETY: one writer, and nobody reads above `filled`.
        unsafe { (*self.cells.get())[7] = v };
        *self.filled.lock().unwrap() += 1;
    }

    pub(crate) fn filled(&self) -> usize {
        *self.filled.lock().unwrap()
    }

    pub(crate) fn last(&self) -> u64 {
        let _ = *self.filled.lock().unwrap();
        // SAFETY: as above.
        unsafe { (*self.cells.get())[7] }
    }
}
