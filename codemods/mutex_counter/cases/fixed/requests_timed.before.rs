// level: review

use std::sync::Mutex;
use std::time::Instant;

pub(crate) struct Request {
    id: u64,
    at: Instant,
}

pub(crate) struct Client {
    next: Mutex<u64>,
}

impl Client {
    /// A later number had a later time.
    pub(crate) fn request(&self) -> Request {
        let mut next = self.next.lock().unwrap();
        *next += 1;
        Request {
            id: *next,
            at: Instant::now(),
        }
    }
}

pub(crate) fn shown(request: &Request) -> String {
    format!("{} {:?}", request.id, request.at)
}
