// level: review

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

    /// In this edition the lock of the block's last expression is held until the whole sum is made.
    pub(crate) fn mails_and_outbox(&self) -> u64 {
        let mails_and_outbox = {
            match *self.mails.lock().unwrap() {
                0 => 1,
                mails => mails,
            }
        } + self.outbox();
        mails_and_outbox
    }
}
