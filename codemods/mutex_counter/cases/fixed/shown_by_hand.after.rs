// level: review

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};

/// What `{:?}` of a lock shows is no longer the lock's: somebody may read it.
pub(crate) struct Board {
    goals: AtomicU32,
    fouls: AtomicU32,
}

impl fmt::Display for Board {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "goals {:?}", self.goals)
    }
}

impl fmt::Debug for Board {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Board").field("fouls", &self.fouls).finish()
    }
}

impl Board {
    pub(crate) fn goal(&self) {
        self.goals.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn foul(&self) {
        self.fouls.fetch_add(1, Ordering::Relaxed);
    }
}
