// reason: the struct behind the lock is cloned, and a struct of atomics has no `Clone`

use std::sync::RwLock;

#[derive(Clone, Debug, Default)]
pub(crate) struct Stats {
    opened: u32,
    closed: u32,
}

#[derive(Default)]
pub(crate) struct Listener {
    stats: RwLock<Stats>,
}

impl Listener {
    pub(crate) fn open(&self) {
        self.stats.write().unwrap().opened += 1;
    }

    pub(crate) fn close(&self) {
        self.stats.write().unwrap().closed += 1;
    }

    pub(crate) fn stats(&self) -> Stats {
        self.stats.read().unwrap().clone()
    }
}
