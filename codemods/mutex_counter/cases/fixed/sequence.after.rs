// level: safe

use std::sync::atomic::{AtomicU64, Ordering};

pub(crate) struct Sequencer {
    next: AtomicU64,
    events: AtomicU64,
    nonce: AtomicU64,
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
        let first = self.next.fetch_add(count, Ordering::Relaxed);
        Ok(first)
    }

    pub(crate) fn event(&self, body: String) -> Event {
        let sequence = self.events.fetch_add(1, Ordering::Relaxed);
        Event {
            sequence,
            session: self.session.clone(),
            body,
        }
    }

    pub(crate) fn request(&self, method: &str) -> String {
        let nonce = self.nonce.fetch_add(1, Ordering::Relaxed) + 1;
        format!("{{\"method\":\"{method}\",\"id\":{nonce}}}")
    }

    pub(crate) fn ticket(&self) -> (u64, String) {
        let current = self.nonce.fetch_add(2, Ordering::Relaxed) + 2;
        (current, self.session.clone())
    }

    pub(crate) fn last(&self) -> u64 {
        self.nonce.load(Ordering::Relaxed)
    }
}
