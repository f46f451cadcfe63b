// level: safe

use arc_swap::ArcSwap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::Arc;

pub(crate) struct Outbox {
    sent: AtomicU64,
    loaded: AtomicU64,
    alone: AtomicU64,
    closing: AtomicBool,
    limits: ArcSwap<u64>,
}

impl Outbox {
    /// Both this and `close` see the other's step, or one of them does.
    pub(crate) fn send(&self) {
        self.sent.fetch_add(1, Ordering::SeqCst);
        if self.closing.load(Ordering::SeqCst) {
            println!("too late");
        }
    }

    pub(crate) fn close(&self) {
        self.closing.store(true, Ordering::SeqCst);
        println!("{}", self.sent.load(Ordering::SeqCst));
    }

    pub(crate) fn load(&self) {
        self.loaded.fetch_add(1, Ordering::Relaxed);
        println!("{}", self.limits.load());
    }

    /// Does not touch `loaded`: nobody sees an order of the two.
    pub(crate) fn limit(&self, limit: u64) {
        self.limits.store(Arc::new(limit));
    }

    pub(crate) fn alone(&self) {
        self.alone.fetch_add(1, Ordering::Relaxed);
    }
}
