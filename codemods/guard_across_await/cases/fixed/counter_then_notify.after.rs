use parking_lot::Mutex;
use tokio::sync::Notify;

#[derive(Default)]
pub struct Progress {
    done: u64,
    failed: u64,
}

pub struct Job {
    progress: Mutex<Progress>,
    finished: Notify,
}

impl Job {
    pub async fn record(&self, ok: bool) {
        {
            let mut progress = self.progress.lock();
            if ok {
                progress.done += 1;
            } else {
                progress.failed += 1;
            }
        }
        self.report().await;
    }

    async fn report(&self) {
        self.finished.notified().await;
    }
}
