// level: safe

use arc_swap::ArcSwap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

pub(crate) struct Outbox {
    sent: Mutex<u64>,
    loaded: Mutex<u64>,
    alone: Mutex<u64>,
    closing: AtomicBool,
    limits: ArcSwap<u64>,
}

impl Outbox {
    /// Both this and `close` see the other's step, or one of them does.
    pub(crate) fn send(&self) {
        *self.sent.lock().unwrap() += 1;
        if self.closing.load(Ordering::SeqCst) {
            println!("too late");
        }
    }

    pub(crate) fn close(&self) {
        self.closing.store(true, Ordering::SeqCst);
        println!("{}", *self.sent.lock().unwrap());
    }

    pub(crate) fn load(&self) {
        *self.loaded.lock().unwrap() += 1;
        println!("{}", self.limits.load());
    }

    /// Does not touch `loaded`: nobody sees an order of the two.
    pub(crate) fn limit(&self, limit: u64) {
        self.limits.store(Arc::new(limit));
    }

    pub(crate) fn alone(&self) {
        *self.alone.lock().unwrap() += 1;
    }
}
