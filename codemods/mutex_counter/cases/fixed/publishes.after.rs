// level: review

//! Numbers that tell how much of something else is ready: they are never Relaxed.

use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::Arc;

/// The slots below `len` are written.
pub struct Ring {
    slots: Vec<AtomicU64>,
    len: AtomicUsize,
}

impl Ring {
    pub fn push(&self, at: usize, v: u64) {
        self.slots[at].store(v, Ordering::Relaxed);
        self.len.fetch_add(1, Ordering::SeqCst);
    }

    pub fn sum(&self) -> u64 {
        let n = self.len.load(Ordering::SeqCst);
        self.slots[..n]
            .iter()
            .map(|s| s.load(Ordering::Relaxed))
            .sum()
    }
}

/// Only shown, but what is shown beside it was written before it.
pub(crate) struct Progress {
    last: AtomicU64,
    done: AtomicU64,
}

impl Progress {
    pub(crate) fn step(&self, id: u64) {
        self.last.store(id, Ordering::Relaxed);
        self.done.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn show(&self) {
        let done = self.done.load(Ordering::SeqCst);
        println!("{done} done, {} last", self.last.load(Ordering::Relaxed));
    }
}

/// Written by a helper, read through a clone of the handle.
pub(crate) struct Loader {
    ready: Arc<AtomicBool>,
    loads: AtomicU32,
}

impl Loader {
    fn mark(&self) {
        self.ready.store(true, Ordering::Relaxed);
    }

    pub(crate) fn load(&self) {
        self.mark();
        self.loads.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn report(&self) {
        let ready = Arc::clone(&self.ready);
        log::info!("{} loads", self.loads.load(Ordering::SeqCst));
        log::info!("ready: {}", ready.load(Ordering::Relaxed));
    }
}

/// The cells below `filled` belong to the readers.
pub(crate) struct Cells {
    cells: UnsafeCell<[u64; 8]>,
    filled: AtomicUsize,
}

unsafe impl Sync for Cells {}

impl Cells {
    pub(crate) fn fill(&self, v: u64) {
        // SAFETY: one writer, and nobody reads above `filled`.
        unsafe { (*self.cells.get())[7] = v };
        self.filled.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn filled(&self) -> usize {
        self.filled.load(Ordering::SeqCst)
    }

    pub(crate) fn last(&self) -> u64 {
        let _ = self.filled.load(Ordering::SeqCst);
        // SAFETY: as above.
        unsafe { (*self.cells.get())[7] }
    }
}
