// level: safe
//! What is made of a number under its lock: plain data, which need not be made there.

use std::sync::{Arc, Mutex};
use std::time::Instant;

pub(crate) struct Request {
    id: u64,
    at: Instant,
    path: String,
    tags: Vec<String>,
}

pub(crate) struct Client {
    next: Mutex<u64>,
    job: Arc<Mutex<u32>>,
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
        let mut next = self.next.lock().unwrap();
        *next += 1;
        Request::new(*next, at, path)
    }

    pub(crate) fn request(&self, path: &str) -> Request {
        let at = Instant::now();
        let mut next = self.next.lock().unwrap();
        *next += 1;
        Request {
            id: *next,
            at,
            path: path.to_string(),
            tags: Vec::new(),
        }
    }

    pub(crate) fn job(&self, path: &str) -> (u32, String) {
        let mut job = self.job.lock().unwrap();
        let made = (*job, format!("{path}/{job}"));
        *job += 1;
        made
    }
}

pub(crate) fn shown(request: &Request) -> String {
    format!("{} {:?} {} {:?}", request.id, request.at, request.path, request.tags)
}
