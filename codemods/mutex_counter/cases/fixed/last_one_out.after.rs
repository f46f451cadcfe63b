// level: safe

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;

use tokio::sync::Notify;

/// Tells when the last of a group of tasks has finished.
pub(crate) struct Latch {
    pending: AtomicUsize,
    finished: Notify,
}

pub(crate) struct Ticket(Arc<Latch>);

impl Latch {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Latch {
            pending: AtomicUsize::new(0),
            finished: Notify::new(),
        })
    }

    pub(crate) fn enter(self: &Arc<Self>) -> Ticket {
        self.pending.fetch_add(1, Ordering::SeqCst);
        Ticket(Arc::clone(self))
    }

    pub(crate) async fn wait(&self) {
        while self.pending.load(Ordering::SeqCst) > 0 {
            self.finished.notified().await;
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let left = self.0.pending.fetch_sub(1, Ordering::SeqCst) - 1;
        if left == 0 {
            self.0.finished.notify_waiters();
        }
    }
}
