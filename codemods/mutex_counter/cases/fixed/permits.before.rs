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
