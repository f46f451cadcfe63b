// level: review

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};

#[derive(Debug)]
pub(crate) struct Busy;

pub(crate) struct Permits {
    active: AtomicUsize,
    tokens: AtomicU32,
    closed: AtomicBool,
    limit: usize,
}

impl Permits {
    pub(crate) fn acquire(&self) -> Result<(), Busy> {
        if self
            .active
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |active| {
                (active < self.limit).then(|| active + 1)
            })
            .is_err()
        {
            return Err(Busy);
        }
        Ok(())
    }

    pub(crate) fn release(&self) {
        self.active.fetch_sub(1, Ordering::SeqCst);
    }

    pub(crate) fn spend(&self, cost: u32) -> bool {
        self.tokens
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |tokens| {
                (tokens >= cost).then(|| tokens - cost)
            })
            .is_ok()
    }

    /// True for the first caller only.
    pub(crate) fn close(&self) -> bool {
        !self.closed.swap(true, Ordering::SeqCst)
    }
}

pub(crate) struct Slot {
    reusable: AtomicBool,
    failures: AtomicU32,
    id: u64,
}

impl Slot {
    pub(crate) fn reuse(&self) -> Option<u64> {
        if self.reusable.swap(false, Ordering::SeqCst) {
            Some(self.id)
        } else {
            None
        }
    }

    pub(crate) fn release(&self) {
        self.reusable.store(true, Ordering::SeqCst);
    }

    /// The first three attempts fail.
    pub(crate) fn attempt(&self) -> Result<u64, Busy> {
        if self
            .failures
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |failures| {
                (failures < 3).then(|| failures + 1)
            })
            .is_ok()
        {
            return Err(Busy);
        }
        Ok(self.id)
    }
}
