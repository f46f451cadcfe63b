use std::sync::atomic::{AtomicU64, Ordering};

pub(crate) struct Snapshot {
    pub(crate) started: u64,
    pub(crate) ended: u64,
}

pub(crate) struct Tasks {
    started: AtomicU64,
    ended: AtomicU64,
}

impl Tasks {
    pub(crate) fn start(&self) {
        self.started.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn finish(&self) {
        self.ended.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        let started = self.started.load(Ordering::SeqCst);
        let ended = self.ended.load(Ordering::SeqCst);
        Snapshot { started, ended }
    }

    pub(crate) fn unfinished(&self) -> u64 {
        self.started.load(Ordering::SeqCst) - self.ended.load(Ordering::SeqCst)
    }
}
