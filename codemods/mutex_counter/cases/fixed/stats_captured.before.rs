// level: review
use std::fmt;
use std::sync::Mutex;

#[derive(Debug, Default)]
pub(crate) struct Totals {
    hits: u64,
    misses: u64,
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.hits, self.misses)
    }
}

#[derive(Default)]
pub(crate) struct Cache {
    totals: Mutex<Totals>,
}

impl Cache {
    pub(crate) fn hit(&self) {
        self.totals.lock().unwrap().hits += 1;
    }

    pub(crate) fn miss(&self) {
        self.totals.lock().unwrap().misses += 1;
    }

    pub(crate) fn shown(&self) -> String {
        let totals = self.totals.lock().unwrap();
        format!("{totals}")
    }

    pub(crate) fn log(&self, name: &str) {
        let totals = self.totals.lock().unwrap();
        println!("{} {name}: {totals} {totals:?}", name.len(),);
    }
}
