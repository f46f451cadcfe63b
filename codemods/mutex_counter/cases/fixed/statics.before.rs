// level: safe

use std::sync::{LazyLock, Mutex};

use once_cell::sync::Lazy;

static CONNECTIONS: Mutex<usize> = Mutex::new(0);
static ACCEPTED: LazyLock<Mutex<u64>> = LazyLock::new(|| Mutex::new(0));
static REJECTED: Lazy<Mutex<u64>> = Lazy::new(Default::default);
static BY_SHARD: [Mutex<u64>; 4] = [const { Mutex::new(0) }; 4];

pub(crate) struct Connection {
    shard: usize,
}

impl Connection {
    pub(crate) fn accept(peer: &str) -> Option<Self> {
        if peer.is_empty() {
            *REJECTED.lock().unwrap() += 1;
            return None;
        }
        *CONNECTIONS.lock().unwrap() += 1;
        *ACCEPTED.lock().unwrap() += 1;
        Some(Connection {
            shard: peer.len() % BY_SHARD.len(),
        })
    }

    pub(crate) fn frame(&self) {
        *BY_SHARD[self.shard].lock().unwrap() += 1;
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        *CONNECTIONS.lock().unwrap() -= 1;
    }
}

pub(crate) fn report() -> String {
    let frames: u64 = BY_SHARD.iter().map(|shard| *shard.lock().unwrap()).sum();
    let open = *CONNECTIONS.lock().unwrap();
    let accepted = *ACCEPTED.lock().unwrap();
    let rejected = REJECTED.lock().unwrap();
    format!("open {open} accepted {accepted} rejected {rejected} frames {frames}")
}
