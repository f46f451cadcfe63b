// level: safe
// prefer: std
// edition: 2024

use std::future::Future;
use std::sync::{Mutex, PoisonError, TryLockError};

struct Jobs {
    open: Mutex<Vec<u32>>,
}

async fn rest() {}

impl Jobs {
    // In this edition the result of the attempt is gone in front of the `else`.
    async fn take(&self) -> Option<u32> {
        if let Ok(mut open) = self.open.try_lock().or_else(|e| match e {
            TryLockError::Poisoned(p) => Ok(p.into_inner()),
            e => Err(e),
        }) {
            return open.pop();
        } else {
            rest().await;
        }
        None
    }

    async fn settled(&self) {
        while self
            .open
            .try_lock()
            .or_else(|e| match e {
                TryLockError::Poisoned(p) => Ok(p.into_inner()),
                e => Err(e),
            })
            .is_err()
        {
            rest().await;
        }
    }

    async fn first(&self) -> Option<u32> {
        let Ok(open) = self.open.try_lock().or_else(|e| match e {
            TryLockError::Poisoned(p) => Ok(p.into_inner()),
            e => Err(e),
        }) else {
            rest().await;
            return None;
        };
        open.first().copied()
    }

    async fn add(&self, job: u32) {
        self.open
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(job);
    }
}

fn spawned<F: Future + Send>(_: F) {}

fn start(jobs: &Jobs) {
    spawned(jobs.take());
    spawned(jobs.settled());
    spawned(jobs.first());
    spawned(jobs.add(1));
}
