// level: safe
//! What is made of a number under its lock: plain data, which need not be made there.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::Arc;
use std::time::Instant;

pub(crate) struct Request {
    id: u64,
    at: Instant,
    path: String,
    tags: Vec<String>,
}

pub(crate) struct Client {
    next: AtomicU64,
    job: Arc<AtomicU32>,
}

impl Request {
    fn new(id: u64, at: Instant, path: &str) -> Self {
        let tags = vec![path.to_string()];
        Self {
            id,
            at,
            path: path.to_string(),
            tags,
        }
    }
}

impl Client {
    pub(crate) fn tagged(&self, path: &str) -> Request {
        let at = Instant::now();
        let next = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        Request::new(next, at, path)
    }

    pub(crate) fn request(&self, path: &str) -> Request {
        let at = Instant::now();
        let next = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        Request {
            id: next,
            at,
            path: path.to_string(),
            tags: Vec::new(),
        }
    }

    pub(crate) fn job(&self, path: &str) -> (u32, String) {
        let job = self.job.fetch_add(1, Ordering::Relaxed);
        let made = (job, format!("{path}/{job}"));
        made
    }
}

pub(crate) fn shown(request: &Request) -> String {
    format!("{} {:?} {} {:?}", request.id, request.at, request.path, request.tags)
}
