//! Locks that are taken in the arguments of macros: what stands around an argument stays.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, AtomicU8, Ordering};

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
    done: AtomicBool,
    steps: AtomicU32,
    open: AtomicBool,
    size: AtomicU64,
    kind: AtomicU8,
    tries: AtomicU32,
    left: AtomicI64,
    right: AtomicI64,
}

impl Job {
    pub(crate) fn finish(&self) {
        self.done.store(true, Ordering::SeqCst);
        self.steps.fetch_add(1, Ordering::SeqCst);
        twice!({
            self.tries.fetch_add(1, Ordering::Relaxed);
        });
        twice! { { self.tries.fetch_add(1, Ordering::Relaxed); } }
    }

    pub(crate) fn check(&self) {
        assert!(self.done.load(Ordering::SeqCst));
        assert!(
            self.done.load(Ordering::SeqCst),
            "in parentheses of its own"
        );
        assert!(!self.done.load(Ordering::SeqCst));
        debug_assert_eq!(self.steps.load(Ordering::SeqCst), 1);
    }

    pub(crate) fn steps(&self) -> u32 {
        dbg!(self.steps.load(Ordering::SeqCst))
    }

    pub(crate) fn open(&self) {
        self.open.store(true, Ordering::SeqCst);
        debug_assert!(self.open.load(Ordering::SeqCst), "open");
        std::assert!(self.open.load(Ordering::SeqCst));
    }

    pub(crate) fn list(&self) -> Vec<u64> {
        self.size.fetch_add(1, Ordering::Relaxed);
        vec![self.size.load(Ordering::Relaxed); 2]
    }

    pub(crate) fn kind(&self) -> bool {
        self.kind.fetch_add(1, Ordering::SeqCst);
        matches!(self.kind.load(Ordering::SeqCst), 1 | 2)
    }

    pub(crate) fn side(&self, left: bool) {
        either!(
            left,
            {
                self.left.fetch_add(1, Ordering::Relaxed);
            },
            self.right.store(-1, Ordering::SeqCst)
        );
    }

    pub(crate) fn tries(&self) -> u32 {
        self.tries.load(Ordering::Relaxed)
    }
}
