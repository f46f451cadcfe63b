// level: review
//! Counters beside other things behind one lock, which nothing needs together.

use std::sync::Arc;

use parking_lot::RwLock;
use tokio::sync::Mutex;

/// What is known of a peer.
#[derive(Debug, Default)]
pub(crate) struct Peer {
    /// Requests so far.
    pub(crate) requests: u64,
    name: String,
    failures: u32,
    limit: u32,
    tags: Vec<String>,
}

pub(crate) async fn request(peer: Arc<Mutex<Peer>>) {
    let mut peer = peer.lock().await;
    peer.requests += 1;
    work().await;
}

async fn work() {}

pub(crate) async fn rename(peer: &Mutex<Peer>, name: &str) {
    let mut peer = peer.lock().await;
    if (peer.tags.len() as u32) < peer.limit {
        peer.tags.push(name.to_string());
    }
    peer.name = name.to_string();
}

pub(crate) async fn failed(peer: &Mutex<Peer>) {
    let mut peer = peer.lock().await;
    peer.failures += 1;
    println!("{} failed", peer.name);
}

pub(crate) async fn requests(peer: &Mutex<Peer>) -> u64 {
    peer.lock().await.requests
}

pub(crate) async fn run(name: &str) {
    let peer = Arc::new(Mutex::new(Peer {
        requests: 0,
        name: name.to_string(),
        limit: 3,
        ..Default::default()
    }));
    request(peer.clone()).await;
    failed(&peer).await;
    rename(&peer, "b").await;
    println!(
        "{}",
        requests(&peer).await + requests(&Mutex::default()).await
    );
}

pub(crate) struct Job {
    id: u64,
    done: u64,
    out: Vec<u8>,
}

pub(crate) struct Queue {
    first: RwLock<Job>,
    last: Arc<RwLock<Job>>,
}

impl Job {
    fn new(id: u64) -> Self {
        Self {
            id,
            done: 0,
            out: Vec::new(),
        }
    }
}

impl Queue {
    pub(crate) fn new() -> Self {
        Queue {
            first: RwLock::new(Job::new(1)),
            last: Arc::new(RwLock::new(Job::new(2))),
        }
    }

    pub(crate) fn step(&self, data: &[u8]) {
        self.first.write().done += 1;
        let mut job = self.last.write();
        job.out.extend_from_slice(data);
        drop(job);
        self.last.write().done += 1;
    }

    pub(crate) fn shown(&self) -> String {
        let done = self.first.read().done + self.last.read().done;
        let job = self.last.read();
        format!("{done} {} {:?}", job.id, job.out)
    }
}
