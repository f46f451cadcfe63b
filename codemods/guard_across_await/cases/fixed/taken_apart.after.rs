use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::{Mutex, RwLock};

pub struct Peer {
    name: String,
}

impl Peer {
    pub async fn ping(&self) -> u64 {
        tokio::task::yield_now().await;
        self.name.len() as u64
    }
}

pub struct State {
    pair: (Arc<Peer>, u64),
    peer: Option<Arc<Peer>>,
    limits: (u32, u32),
    n: u64,
}

pub struct Hub {
    state: Mutex<State>,
    counts: RwLock<HashMap<String, u64>>,
}

impl Hub {
    /// A pattern on a reference binds references.
    pub async fn limits(&self) -> bool {
        let (low, high) = {
            let state = self.state.lock().await;
            let (low, high) = &state.limits;
            (*low, *high)
        };
        wait(low).await;
        low < high
    }

    pub async fn pair(&self) -> u64 {
        let (peer, n) = {
            let state = self.state.lock().await;
            let (peer, n) = &state.pair;
            (peer.clone(), *n)
        };
        peer.ping().await + n
    }

    pub async fn first(&self) -> Option<u64> {
        let (name, n) = {
            let counts = self.counts.read().await;
            let (name, n) = counts.iter().next()?;
            (name.clone(), *n)
        };
        wait(&name).await;
        Some(n)
    }

    /// A number on another path than the await.
    pub async fn other_arm(&self) -> u64 {
        let (peer, n) = {
            let state = self.state.lock().await;
            (state.peer.clone(), state.n)
        };
        match peer.as_deref() {
            Some(peer) => peer.ping().await,
            None => n,
        }
    }

    pub async fn other_branch(&self) -> u64 {
        let n = {
            let state = self.state.lock().await;
            state.n
        };
        if n > 3 {
            wait(n).await;
            1
        } else {
            n
        }
    }

    /// ... and in front of one that is repeated.
    pub async fn bounded(&self) -> u64 {
        let mut total = 0;
        let n = self.state.lock().await.n;
        for i in 0..n {
            wait(i).await;
            total += i;
        }
        total
    }

    /// The number is the same before what is called beside it.
    pub async fn beside(&self) -> u64 {
        let n = self.state.lock().await.n;
        both(stamp(1), n).await
    }
}

async fn wait<T>(_: T) {
    tokio::task::yield_now().await;
}

fn stamp(id: u64) -> u64 {
    id * 2
}

async fn both(a: u64, b: u64) -> u64 {
    tokio::task::yield_now().await;
    a + b
}
