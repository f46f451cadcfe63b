// level: safe

use std::sync::{Arc, Mutex};

use tokio::sync::Notify;

/// Tells when the last of a group of tasks has finished.
pub(crate) struct Latch {
    pending: Mutex<usize>,
    finished: Notify,
}

pub(crate) struct Ticket(Arc<Latch>);

impl Latch {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Latch {
            pending: Mutex::new(0),
            finished: Notify::new(),
        })
    }

    pub(crate) fn enter(self: &Arc<Self>) -> Ticket {
        *self.pending.lock().unwrap() += 1;
        Ticket(Arc::clone(self))
    }

    pub(crate) async fn wait(&self) {
        while *self.pending.lock().unwrap() > 0 {
            self.finished.notified().await;
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let left = {
            let mut pending = self.0.pending.lock().unwrap();
            *pending -= 1;
            *pending
        };
        if left == 0 {
            self.0.finished.notify_waiters();
        }
    }
}
