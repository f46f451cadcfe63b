// level: review

use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Default)]
pub(crate) struct Mail {
    mails: AtomicU64,
    sent: Vec<u64>,
}

impl Mail {
    fn outbox(&self) -> u64 {
        self.sent.iter().sum()
    }

    pub(crate) fn receive(&self) {
        self.mails.fetch_add(1, Ordering::SeqCst);
    }

    /// In this edition the lock of the block's last expression is held until the whole sum is made.
    pub(crate) fn mails_and_outbox(&self) -> u64 {
        let mails_and_outbox = {
            match self.mails.load(Ordering::SeqCst) {
                0 => 1,
                mails => mails,
            }
        } + self.outbox();
        mails_and_outbox
    }
}
