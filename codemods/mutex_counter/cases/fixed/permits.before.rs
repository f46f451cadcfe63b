// level: review

use std::sync::Mutex;

#[derive(Debug)]
pub(crate) struct Busy;

pub(crate) struct Permits {
    active: Mutex<usize>,
    tokens: Mutex<u32>,
    closed: Mutex<bool>,
    limit: usize,
}

impl Permits {
    pub(crate) fn acquire(&self) -> Result<(), Busy> {
        let mut active = self.active.lock().unwrap();
        if *active >= self.limit {
            return Err(Busy);
        }
        *active += 1;
        Ok(())
    }

    pub(crate) fn release(&self) {
        *self.active.lock().unwrap() -= 1;
    }

    pub(crate) fn spend(&self, cost: u32) -> bool {
        let mut tokens = self.tokens.lock().unwrap();
        if *tokens >= cost {
            *tokens -= cost;
            true
        } else {
            false
        }
    }

    /// True for the first caller only.
    pub(crate) fn close(&self) -> bool {
        let mut closed = self.closed.lock().unwrap();
        if *closed {
            false
        } else {
            *closed = true;
            true
        }
    }
}

pub(crate) struct Slot {
    reusable: Mutex<bool>,
    failures: Mutex<u32>,
    id: u64,
}

impl Slot {
    pub(crate) fn reuse(&self) -> Option<u64> {
        let mut flag = self.reusable.lock().unwrap();
        if *flag {
            *flag = false;
            Some(self.id)
        } else {
            None
        }
    }

    pub(crate) fn release(&self) {
        let mut flag = self.reusable.lock().unwrap();
        *flag = true;
    }

    /// The first three attempts fail.
    pub(crate) fn attempt(&self) -> Result<u64, Busy> {
        let mut failures = self.failures.lock().unwrap();
        if *failures < 3 {
            *failures += 1;
            return Err(Busy);
        }
        drop(failures);
        Ok(self.id)
    }
}
