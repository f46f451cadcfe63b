// reason: a comment stands inside the text that would be replaced
use std::fmt;
use std::sync::Mutex;

pub(crate) struct Totals {
    hits: u64,
    misses: u64,
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.hits, self.misses)
    }
}

pub(crate) struct Cache {
    totals: Mutex<Totals>,
}

impl Cache {
    pub(crate) fn count(&self, hit: bool) {
        if hit {
            self.totals.lock().unwrap().hits += 1;
        } else {
            self.totals.lock().unwrap().misses += 1;
        }
    }

    pub(crate) fn shown(&self) -> String {
        let totals = self.totals.lock().unwrap();
        format!(
            "{totals}" // of all time
        )
    }
}
