// level: safe
// prefer: std
// edition: 2024

use std::future::Future;

use tokio::sync::Mutex;

struct Jobs {
    open: Mutex<Vec<u32>>,
}

async fn rest() {}

impl Jobs {
    // In this edition the result of the attempt is gone in front of the `else`.
    async fn take(&self) -> Option<u32> {
        if let Ok(mut open) = self.open.try_lock() {
            return open.pop();
        } else {
            rest().await;
        }
        None
    }

    async fn settled(&self) {
        while self.open.try_lock().is_err() {
            rest().await;
        }
    }

    async fn first(&self) -> Option<u32> {
        let Ok(open) = self.open.try_lock() else {
            rest().await;
            return None;
        };
        open.first().copied()
    }

    async fn add(&self, job: u32) {
        self.open.lock().await.push(job);
    }
}

fn spawned<F: Future + Send>(_: F) {}

fn start(jobs: &Jobs) {
    spawned(jobs.take());
    spawned(jobs.settled());
    spawned(jobs.first());
    spawned(jobs.add(1));
}
