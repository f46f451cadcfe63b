// level: safe

#[rustfmt::skip]
use std::sync::Mutex;
use std::fmt;

pub(crate) struct Requests {
    count: Mutex<u64>,
}

impl Requests {
    pub(crate) fn add(&self) {
        *self.count.lock().unwrap() += 1;
    }
}

impl fmt::Display for Requests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("requests")
    }
}
