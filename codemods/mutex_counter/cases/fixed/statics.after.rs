// level: safe

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::LazyLock;

use once_cell::sync::Lazy;

static CONNECTIONS: AtomicUsize = AtomicUsize::new(0);
static ACCEPTED: LazyLock<AtomicU64> = LazyLock::new(|| AtomicU64::new(0));
static REJECTED: Lazy<AtomicU64> = Lazy::new(Default::default);
static BY_SHARD: [AtomicU64; 4] = [const { AtomicU64::new(0) }; 4];

pub(crate) struct Connection {
    shard: usize,
}

impl Connection {
    pub(crate) fn accept(peer: &str) -> Option<Self> {
        if peer.is_empty() {
            REJECTED.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        CONNECTIONS.fetch_add(1, Ordering::Relaxed);
        ACCEPTED.fetch_add(1, Ordering::Relaxed);
        Some(Connection {
            shard: peer.len() % BY_SHARD.len(),
        })
    }

    pub(crate) fn frame(&self) {
        BY_SHARD[self.shard].fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        CONNECTIONS.fetch_sub(1, Ordering::Relaxed);
    }
}

pub(crate) fn report() -> String {
    let frames: u64 = BY_SHARD
        .iter()
        .map(|shard| shard.load(Ordering::Relaxed))
        .sum();
    let open = CONNECTIONS.load(Ordering::Relaxed);
    let accepted = ACCEPTED.load(Ordering::Relaxed);
    let rejected = REJECTED.load(Ordering::Relaxed);
    format!("open {open} accepted {accepted} rejected {rejected} frames {frames}")
}
