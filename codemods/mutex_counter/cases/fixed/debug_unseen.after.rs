// level: safe
// edition: 2024

use std::sync::atomic::{AtomicU32, Ordering};

#[derive(Debug, Default)]
pub(crate) struct Visits {
    visits: AtomicU32,
}

#[derive(Debug)]
pub(crate) struct Site {
    visits: Visits,
    name: String,
}

impl Site {
    pub(crate) fn visit(&self) {
        self.visits.visits.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn shown(&self) -> String {
        let name = &self.name;
        format!("{name:?}: {:?} {:?}", name.len(), self.name.as_bytes())
    }
}
