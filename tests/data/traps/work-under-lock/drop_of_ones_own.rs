// left: held
// naive: free
// swap: *self.session.lock().unwrap() = session; => let old = std::mem::replace(&mut *self.session.lock().unwrap(), session); drop(old);
// end: kept
// words: `Drop` of its own
use std::sync::{Arc, Mutex, Weak};

#[derive(Default)]
pub struct Current {
    session: Mutex<Session>,
    seen: Mutex<&'static str>,
}

#[derive(Default)]
pub struct Session {
    name: String,
    of: Weak<Current>,
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(current) = self.of.upgrade() {
            let free = current.session.try_lock().is_ok();
            *current.seen.lock().unwrap() = if free { "free" } else { "held" };
        }
    }
}

impl Current {
    pub async fn renew(&self, session: Session) {
        *self.session.lock().unwrap() = session;
    }
}

pub fn run() -> String {
    let current = Arc::new(Current::default());
    let of = Arc::downgrade(&current);
    futures::executor::block_on(current.renew(Session { name: "one".to_string(), of }));
    futures::executor::block_on(current.renew(Session::default()));
    let told = current.seen.lock().unwrap().to_string();
    told
}
