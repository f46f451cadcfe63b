// level: review
//! What has been taken out of a lock is owned: it can be moved on, though never borrowed back.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use tokio::sync::oneshot;

#[derive(Clone)]
pub struct Job {
    name: String,
    body: Arc<Vec<u8>>,
}

pub struct Queue {
    jobs: Mutex<VecDeque<Job>>,
    banner: Mutex<String>,
}

impl Queue {
    pub async fn work(&self, done: oneshot::Sender<usize>) {
        let mut total = 0;
        loop {
            let taken = self.jobs.lock().unwrap().pop_front();
            let Some(job) = taken else { break };
            let banner = self.banner.lock().unwrap().clone();
            tracing::debug!("{banner}: {}", job.name);
            total += run(job.clone()).await;
        }
        let _ = done.send(total);
    }
}

async fn run(mut job: Job) -> usize {
    job.name.push('!');
    job.body.len() + job.name.len()
}
