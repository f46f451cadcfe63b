// reason: the value is read before other steps and changed after them

use std::sync::Mutex;

/// As `anyhow::ensure!`: it returns when the condition does not hold.
macro_rules! ensure {
    ($condition:expr, $message:expr) => {
        if !$condition {
            return Err($message);
        }
    };
}

pub(crate) struct Tickets {
    next: Mutex<u64>,
}

impl Tickets {
    pub(crate) fn new() -> Self {
        Tickets { next: Mutex::new(0) }
    }

    pub(crate) fn draw(&self, open: bool) -> Result<u64, &'static str> {
        let mut next = self.next.lock().unwrap();
        let ticket = *next;
        ensure!(open, "the counter is closed");
        *next += 1;
        Ok(ticket)
    }
}

pub fn visit(open: bool) -> Result<u64, &'static str> {
    Tickets::new().draw(open)
}
