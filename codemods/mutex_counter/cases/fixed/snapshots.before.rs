use std::sync::Mutex;

pub(crate) struct Snapshot {
    pub(crate) started: u64,
    pub(crate) finished: u64,
}

pub(crate) struct Tasks {
    started: Mutex<u64>,
    finished: Mutex<u64>,
}

impl Tasks {
    pub(crate) fn start(&self) {
        *self.started.lock().unwrap() += 1;
    }

    pub(crate) fn finish(&self) {
        *self.finished.lock().unwrap() += 1;
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        let started = self.started.lock().unwrap();
        let finished = self.finished.lock().unwrap();
        Snapshot {
            started: *started,
            finished: *finished,
        }
    }

    pub(crate) fn open(&self) -> u64 {
        *self.started.lock().unwrap() - *self.finished.lock().unwrap()
    }
}
