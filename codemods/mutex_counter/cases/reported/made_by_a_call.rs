// reason: `Request::open(..)` (line 21) runs while the lock is held

use std::sync::Mutex;

pub(crate) struct Request {
    id: u64,
}

impl Request {
    fn open(id: u64) -> Self {
        println!("open {id}");
        Request { id }
    }
}

pub(crate) struct Client {
    next: Mutex<u64>,
}
impl Client {
    pub(crate) fn request(&self) -> Request {
        let mut next = self.next.lock().unwrap(); *next += 1; Request::open(*next)
    }
}

pub(crate) fn shown(request: &Request) -> u64 {
    request.id
}
