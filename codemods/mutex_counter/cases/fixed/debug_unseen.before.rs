// level: safe
// edition: 2024

use std::sync::Mutex;

#[derive(Debug, Default)]
pub(crate) struct Visits {
    visits: Mutex<u32>,
}

#[derive(Debug)]
pub(crate) struct Site {
    visits: Visits,
    name: String,
}

impl Site {
    pub(crate) fn visit(&self) {
        *self.visits.visits.lock().unwrap() += 1;
    }

    pub(crate) fn shown(&self) -> String {
        let name = &self.name;
        format!("{name:?}: {:?} {:?}", name.len(), self.name.as_bytes())
    }
}
