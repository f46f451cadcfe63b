use std::sync::Mutex;

pub(crate) struct Window {
    end: Mutex<usize>,
    rounds: Mutex<usize>,
}

impl Window {
    pub(crate) fn widen(&self) {
        *self.end.lock().unwrap() += 1;
    }

    pub(crate) fn seen<'a>(&self, all: &'a [u8]) -> &'a [u8] {
        &all[..*self.end.lock().unwrap()]
    }

    pub(crate) fn with_next<'a>(&self, all: &'a [u8]) -> &'a [u8] {
        &all[..=*self.end.lock().unwrap()]
    }

    pub(crate) fn rounds(&self) -> usize {
        *self.rounds.lock().unwrap() += 1;
        (0..*self.rounds.lock().unwrap()).sum()
    }
}
