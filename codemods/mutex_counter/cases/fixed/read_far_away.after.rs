//! Who looks at a number may be far from it: results, parameters, fields, closures are followed.

use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, AtomicUsize, Ordering};

#[derive(Default)]
pub(crate) struct Pool {
    busy: AtomicUsize,
    queued: AtomicUsize,
    waiting: AtomicU32,
    served: AtomicU64,
    retries: AtomicU32,
    shown: AtomicI64,
    sent: AtomicI64,
}

pub(crate) struct Load {
    pub(crate) queued: usize,
    pub(crate) served: u64,
}

impl Pool {
    pub(crate) fn take(&self) {
        self.busy.fetch_add(1, Ordering::SeqCst);
        self.queued.fetch_sub(1, Ordering::SeqCst);
        self.waiting.fetch_add(1, Ordering::SeqCst);
        self.served.fetch_add(1, Ordering::Relaxed);
        self.retries.fetch_add(1, Ordering::SeqCst);
        self.shown.fetch_sub(1, Ordering::Relaxed);
        self.sent.fetch_sub(1, Ordering::SeqCst);
    }

    /// Its caller decides.
    fn busy_now(&self) -> usize {
        self.busy.load(Ordering::SeqCst)
    }

    fn idle(&self) -> bool {
        self.busy_now() == 0
    }

    /// Decided on through a field.
    pub(crate) fn load(&self) -> Load {
        Load {
            queued: self.queued.load(Ordering::SeqCst),
            served: self.served.load(Ordering::Relaxed),
        }
    }

    pub(crate) fn full(&self) -> bool {
        let load = self.load();
        load.queued > 100
    }

    /// In a function that is given the number.
    pub(crate) fn crowded(&self) -> bool {
        too_many(self.waiting.load(Ordering::SeqCst))
    }

    /// By a closure.
    pub(crate) fn tired(&self) -> Option<u32> {
        Some(self.retries.load(Ordering::SeqCst)).filter(|n| *n > 3)
    }

    pub(crate) fn stop(&self) -> bool {
        self.idle() && !self.full()
    }

    /// Only shown, although through a name and a call.
    pub(crate) fn show(&self) -> String {
        let served = self.load().served;
        let shown = self.shown.load(Ordering::Relaxed);
        line(shown) + &format!("served {served}")
    }

    /// Whoever receives it may decide, and the number goes down too.
    pub(crate) fn send(&self, to: &std::sync::mpsc::Sender<i64>) {
        let _ = to.send(self.sent.load(Ordering::SeqCst));
    }
}

fn too_many(waiting: u32) -> bool {
    match waiting {
        0..=9 => false,
        _ => true,
    }
}

fn line(value: i64) -> String {
    format!("shown {value}; ")
}
