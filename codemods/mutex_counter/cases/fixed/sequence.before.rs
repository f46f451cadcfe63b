// level: safe

use parking_lot::{Mutex, RwLock};

pub(crate) struct Sequencer {
    next: Mutex<u64>,
    events: RwLock<u64>,
    nonce: Mutex<u64>,
    session: String,
}

pub(crate) struct Event {
    sequence: u64,
    session: String,
    body: String,
}

impl Sequencer {
    /// A block of `count` numbers; returns the first.
    pub(crate) fn reserve(&self, count: u64) -> Result<u64, String> {
        let mut next = self.next.lock();
        let first = *next;
        *next += count;
        Ok(first)
    }

    pub(crate) fn event(&self, body: String) -> Event {
        let sequence = {
            let mut counter = self.events.write();
            let seq = *counter;
            *counter += 1;
            seq
        };
        Event {
            sequence,
            session: self.session.clone(),
            body,
        }
    }

    pub(crate) fn request(&self, method: &str) -> String {
        let mut nonce = self.nonce.lock();
        *nonce += 1;
        format!("{{\"method\":\"{method}\",\"id\":{nonce}}}")
    }

    pub(crate) fn ticket(&self) -> (u64, String) {
        let mut nonce = self.nonce.lock();
        *nonce += 2;
        let current = *nonce;
        (current, self.session.clone())
    }

    pub(crate) fn last(&self) -> u64 {
        *self.nonce.lock()
    }
}
