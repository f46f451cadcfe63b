//! Locks that are taken in the arguments of macros: what stands around an argument stays.

use std::sync::{Mutex, RwLock};

macro_rules! twice {
    ($step:expr) => {
        $step;
        $step;
    };
}

macro_rules! either {
    ($which:expr, $one:expr, $other:expr) => {
        if $which {
            $one
        } else {
            $other
        }
    };
}

#[derive(Default)]
pub(crate) struct Job {
    done: Mutex<bool>,
    steps: Mutex<u32>,
    open: RwLock<bool>,
    size: Mutex<u64>,
    kind: Mutex<u8>,
    tries: Mutex<u32>,
    left: Mutex<i64>,
    right: Mutex<i64>,
}

impl Job {
    pub(crate) fn finish(&self) {
        *self.done.lock().unwrap() = true;
        *self.steps.lock().unwrap() += 1;
        twice!(*self.tries.lock().unwrap() += 1);
        twice! { *self.tries.lock().unwrap() += 1 }
    }

    pub(crate) fn check(&self) {
        assert!(*self.done.lock().unwrap());
        assert!((*self.done.lock().unwrap()), "in parentheses of its own");
        assert!(!*self.done.lock().unwrap());
        debug_assert_eq!((*self.steps.lock().unwrap()), 1);
    }

    pub(crate) fn steps(&self) -> u32 {
        dbg!(*self.steps.lock().unwrap())
    }

    pub(crate) fn open(&self) {
        *self.open.write().unwrap() = true;
        debug_assert!(*self.open.read().unwrap(), "open");
        std::assert!(*self.open.read().unwrap());
    }

    pub(crate) fn list(&self) -> Vec<u64> {
        *self.size.lock().unwrap() += 1;
        vec![*self.size.lock().unwrap(); 2]
    }

    pub(crate) fn kind(&self) -> bool {
        *self.kind.lock().unwrap() += 1;
        matches!(*self.kind.lock().unwrap(), 1 | 2)
    }

    pub(crate) fn side(&self, left: bool) {
        either!(
            left,
            *self.left.lock().unwrap() += 1,
            *self.right.lock().unwrap() = -1
        );
    }

    pub(crate) fn tries(&self) -> u32 {
        *self.tries.lock().unwrap()
    }
}
