// level: review
//! Counters beside other things behind one lock, which nothing needs together.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

use parking_lot::RwLock;
use tokio::sync::Mutex;

/// What is known of a peer.
#[derive(Debug, Default)]
pub(crate) struct Peer {
    /// Requests so far.
    pub(crate) requests: AtomicU64,
    rest: Mutex<PeerRest>,
}

/// What stays behind the lock of [`Peer`].
#[derive(Debug, Default)]
struct PeerRest {
    name: String,
    failures: u32,
    limit: u32,
    tags: Vec<String>,
}

pub(crate) async fn request(peer: Arc<Peer>) {
    peer.requests.fetch_add(1, Ordering::Relaxed);
    work().await;
}

async fn work() {}

pub(crate) async fn rename(peer: &Peer, name: &str) {
    let mut peer = peer.rest.lock().await;
    if (peer.tags.len() as u32) < peer.limit {
        peer.tags.push(name.to_string());
    }
    peer.name = name.to_string();
}

pub(crate) async fn failed(peer: &Peer) {
    let mut peer = peer.rest.lock().await;
    peer.failures += 1;
    println!("{} failed", peer.name);
}

pub(crate) async fn requests(peer: &Peer) -> u64 {
    peer.requests.load(Ordering::Relaxed)
}

pub(crate) async fn run(name: &str) {
    let peer = Arc::new(Peer {
        requests: AtomicU64::new(0),
        rest: Mutex::new(PeerRest {
            name: name.to_string(),
            limit: 3,
            ..Default::default()
        }),
    });
    request(peer.clone()).await;
    failed(&peer).await;
    rename(&peer, "b").await;
    println!(
        "{}",
        requests(&peer).await + requests(&Peer::default()).await
    );
}

pub(crate) struct Job {
    rest: RwLock<JobRest>,
    done: AtomicU64,
}

/// What stays behind the lock of [`Job`].
struct JobRest {
    id: u64,
    out: Vec<u8>,
}

pub(crate) struct Queue {
    first: Job,
    last: Arc<Job>,
}

impl Job {
    fn new(id: u64) -> Self {
        Self {
            rest: RwLock::new(JobRest {
                id,
                out: Vec::new(),
            }),
            done: AtomicU64::new(0),
        }
    }
}

impl Queue {
    pub(crate) fn new() -> Self {
        Queue {
            first: Job::new(1),
            last: Arc::new(Job::new(2)),
        }
    }

    pub(crate) fn step(&self, data: &[u8]) {
        self.first.done.fetch_add(1, Ordering::Relaxed);
        let mut job = self.last.rest.write();
        job.out.extend_from_slice(data);
        drop(job);
        self.last.done.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn shown(&self) -> String {
        let done = self.first.done.load(Ordering::Relaxed) + self.last.done.load(Ordering::Relaxed);
        let job = self.last.rest.read();
        format!("{done} {} {:?}", job.id, job.out)
    }
}
