use std::collections::VecDeque;

use parking_lot::Mutex;

pub struct Spool {
    pending: Mutex<VecDeque<String>>,
    sent: Mutex<Vec<String>>,
}

impl Spool {
    /// Sends what is pending, one after the other.
    pub async fn flush(&self) {
        loop {
            let Some(line) = self.pending.lock().pop_front() else {
                break;
            };
            deliver(&line).await;
            self.sent.lock().push(line);
        }
    }
}

async fn deliver(line: &str) {
    tracing::trace!(line);
    tokio::task::yield_now().await;
}
