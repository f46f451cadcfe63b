// level: safe

use locks::Mutex;

mod locks {
    pub(crate) use std::sync::Mutex;

    pub(crate) fn name() -> Mutex<String> {
        Mutex::default()
    }
}

pub(crate) struct Visits {
    seen: Mutex<u64>,
}

impl Visits {
    pub(crate) fn visit(&self) {
        *self.seen.lock().unwrap() += 1;
    }
}
