// reason: the clone is a snapshot
//! A deep copy of something that changes behind a shared reference.

use std::cell::Cell;

#[derive(Clone, Default)]
struct Counters {
    names: Vec<String>,
    hits: Cell<u64>,
}

struct Meter {
    counters: Counters,
}

impl Meter {
    fn hit(&self) {
        self.counters.hits.set(self.counters.hits.get() + 1);
    }

    fn rounds(&self, rounds: usize) -> u64 {
        let mut changed = 0;
        for _ in 0..rounds {
            let before = self.counters.clone();
            self.hit();
            changed += self.counters.hits.get() - before.hits.get();
        }
        changed
    }
}
