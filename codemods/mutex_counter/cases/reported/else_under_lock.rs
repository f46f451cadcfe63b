// reason: `self.outbox(..)` (line 29) runs while the lock is held

use std::sync::Mutex;

#[derive(Default)]
pub(crate) struct Mail {
    mails: Mutex<u64>,
    sent: Vec<u64>,
}

impl Mail {
    fn outbox(&self) -> u64 {
        self.sent.iter().sum()
    }

    pub(crate) fn receive(&self) {
        *self.mails.lock().unwrap() += 1;
    }

    pub(crate) fn lines(&self) -> usize {
        self.sent.len()
    }

    /// Before edition 2024 the lock of an `if let` is held in its `else`, too.
    pub(crate) fn mails(&self) -> u64 {
        if let mails @ 1.. = *self.mails.lock().unwrap() {
            mails
        } else {
            self.outbox()
        }
    }
}
