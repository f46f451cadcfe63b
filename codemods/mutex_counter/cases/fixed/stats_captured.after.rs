// level: review
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Debug, Default)]
pub(crate) struct Totals {
    hits: AtomicU64,
    misses: AtomicU64,
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}/{}",
            self.hits.load(Ordering::SeqCst),
            self.misses.load(Ordering::SeqCst)
        )
    }
}

#[derive(Default)]
pub(crate) struct Cache {
    totals: Totals,
}

impl Cache {
    pub(crate) fn hit(&self) {
        self.totals.hits.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn miss(&self) {
        self.totals.misses.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn shown(&self) -> String {
        format!("{totals}", totals = self.totals)
    }

    pub(crate) fn log(&self, name: &str) {
        println!(
            "{} {name}: {totals} {totals:?}",
            name.len(),
            totals = self.totals
        );
    }
}
