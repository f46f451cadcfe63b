// level: review

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

pub(crate) struct Request {
    id: u64,
    at: Instant,
}

pub(crate) struct Client {
    next: AtomicU64,
}

impl Client {
    /// A later number had a later time.
    pub(crate) fn request(&self) -> Request {
        let next = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        Request {
            id: next,
            at: Instant::now(),
        }
    }
}

pub(crate) fn shown(request: &Request) -> String {
    format!("{} {:?}", request.id, request.at)
}
