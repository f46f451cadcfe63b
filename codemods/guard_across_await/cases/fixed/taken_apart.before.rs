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
        let state = self.state.lock().await;
        let (low, high) = &state.limits;
        wait(*low).await;
        low < high
    }

    pub async fn pair(&self) -> u64 {
        let state = self.state.lock().await;
        let (peer, n) = &state.pair;
        peer.ping().await + *n
    }

    pub async fn first(&self) -> Option<u64> {
        let counts = self.counts.read().await;
        let (name, n) = counts.iter().next()?;
        wait(name).await;
        Some(*n)
    }

    /// A number on another path than the await.
    pub async fn other_arm(&self) -> u64 {
        let state = self.state.lock().await;
        match state.peer.as_deref() {
            Some(peer) => peer.ping().await,
            None => state.n,
        }
    }

    pub async fn other_branch(&self) -> u64 {
        let state = self.state.lock().await;
        if state.n > 3 {
            wait(state.n).await;
            1
        } else {
            state.n
        }
    }

    /// ... and in front of one that is repeated.
    pub async fn bounded(&self) -> u64 {
        let mut total = 0;
        let state = self.state.lock().await;
        for i in 0..state.n {
            wait(i).await;
            total += i;
        }
        total
    }

    /// The number is the same before what is called beside it.
    pub async fn beside(&self) -> u64 {
        let state = self.state.lock().await;
        both(stamp(1), state.n).await
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
