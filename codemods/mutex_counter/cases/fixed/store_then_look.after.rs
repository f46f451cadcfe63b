//! Each side changes one value and then looks at the other's (Dekker's pattern). Behind two locks
//! the two cannot both miss the change; Release and Acquire would let them.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::Arc;
use std::thread;

#[derive(Default)]
pub(crate) struct Gate {
    inside: AtomicUsize,
    closed: AtomicBool,
    refused: AtomicU64,
}

impl Gate {
    pub(crate) fn enter(&self) -> bool {
        self.inside.fetch_add(1, Ordering::SeqCst);
        if self.closed.load(Ordering::SeqCst) {
            self.inside.fetch_sub(1, Ordering::SeqCst);
            self.refused.fetch_add(1, Ordering::Relaxed);
            return false;
        }
        true
    }

    pub(crate) fn leave(&self) {
        self.inside.fetch_sub(1, Ordering::SeqCst);
    }

    pub(crate) fn close(&self) -> bool {
        self.closed.store(true, Ordering::SeqCst);
        self.inside.load(Ordering::SeqCst) == 0
    }

    pub(crate) fn show(&self) -> String {
        format!("refused {}", self.refused.load(Ordering::Relaxed))
    }
}

/// Numbers alone, each changed by one side.
pub(crate) fn neither() -> bool {
    let left = Arc::new(AtomicU32::new(0u32));
    let right = Arc::new(AtomicU32::new(0u32));
    let (mine, theirs) = (Arc::clone(&left), Arc::clone(&right));
    let other = thread::spawn(move || {
        mine.fetch_add(1, Ordering::SeqCst);
        theirs.load(Ordering::SeqCst) == 0
    });
    right.fetch_add(1, Ordering::SeqCst);
    let alone = left.load(Ordering::SeqCst) == 0;
    alone && other.join().unwrap()
}
