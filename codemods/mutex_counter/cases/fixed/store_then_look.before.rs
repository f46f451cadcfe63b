//! Each side changes one value and then looks at the other's (Dekker's pattern). Behind two locks
//! the two cannot both miss the change; Release and Acquire would let them.

use std::sync::{Arc, Mutex, RwLock};
use std::thread;

#[derive(Default)]
pub(crate) struct Gate {
    inside: Mutex<usize>,
    closed: Mutex<bool>,
    refused: Mutex<u64>,
}

impl Gate {
    pub(crate) fn enter(&self) -> bool {
        *self.inside.lock().unwrap() += 1;
        if *self.closed.lock().unwrap() {
            *self.inside.lock().unwrap() -= 1;
            *self.refused.lock().unwrap() += 1;
            return false;
        }
        true
    }

    pub(crate) fn leave(&self) {
        *self.inside.lock().unwrap() -= 1;
    }

    pub(crate) fn close(&self) -> bool {
        *self.closed.lock().unwrap() = true;
        *self.inside.lock().unwrap() == 0
    }

    pub(crate) fn show(&self) -> String {
        format!("refused {}", *self.refused.lock().unwrap())
    }
}

/// Numbers alone, each changed by one side.
pub(crate) fn neither() -> bool {
    let left = Arc::new(Mutex::new(0u32));
    let right = Arc::new(RwLock::new(0u32));
    let (mine, theirs) = (Arc::clone(&left), Arc::clone(&right));
    let other = thread::spawn(move || {
        *mine.lock().unwrap() += 1;
        *theirs.read().unwrap() == 0
    });
    *right.write().unwrap() += 1;
    let alone = *left.lock().unwrap() == 0;
    alone && other.join().unwrap()
}
