use std::sync::Mutex;

pub(crate) struct Snapshot {
    pub(crate) started: u64,
    pub(crate) ended: u64,
}

pub(crate) struct Tasks {
    started: Mutex<u64>,
    ended: Mutex<u64>,
}

impl Tasks {
    pub(crate) fn start(&self) {
        *self.started.lock().unwrap() += 1;
    }

    pub(crate) fn finish(&self) {
        *self.ended.lock().unwrap() += 1;
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        let started = self.started.lock().unwrap();
        let ended = self.ended.lock().unwrap();
        Snapshot {
            started: *started,
            ended: *ended,
        }
    }

    pub(crate) fn unfinished(&self) -> u64 {
        *self.started.lock().unwrap() - *self.ended.lock().unwrap()
    }
}
