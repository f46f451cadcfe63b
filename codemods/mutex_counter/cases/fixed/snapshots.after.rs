use std::sync::atomic::{AtomicU64, Ordering};

pub(crate) struct Snapshot {
    pub(crate) started: u64,
    pub(crate) finished: u64,
}

pub(crate) struct Tasks {
    started: AtomicU64,
    finished: AtomicU64,
}

impl Tasks {
    pub(crate) fn start(&self) {
        self.started.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn finish(&self) {
        self.finished.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        let started = self.started.load(Ordering::Relaxed);
        let finished = self.finished.load(Ordering::Relaxed);
        Snapshot { started, finished }
    }

    pub(crate) fn open(&self) -> u64 {
        self.started.load(Ordering::Relaxed) - self.finished.load(Ordering::Relaxed)
    }
}
