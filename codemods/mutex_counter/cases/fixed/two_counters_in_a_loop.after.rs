use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Mutex;

pub(crate) struct Poll {
    done: AtomicU64,
    rounds: Mutex<u64>,
}

impl Poll {
    /// One of the two awaits stays.
    pub(crate) async fn until(&self, n: u64) {
        loop {
            if self.done.load(Ordering::SeqCst) >= n {
                return;
            }
            *self.rounds.lock().await += 1;
        }
    }

    pub(crate) async fn finish(&self) {
        self.done.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) async fn rounds(&self) -> u64 {
        *self.rounds.lock().await
    }
}
