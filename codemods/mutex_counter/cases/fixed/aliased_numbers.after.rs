//! Numbers by another name, a lock by another name, a struct that another file defines.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::Arc;

use crate::fixed_aliased_elsewhere::{NearStats, Pooled, Tally};

type Size = usize;
type Bytes = Size;
pub(crate) type Flag = bool;

pub(crate) struct Link {
    frames: AtomicU64,
    size: AtomicUsize,
    up: AtomicBool,
    dropped: AtomicU64,
    retries: Arc<AtomicU32>,
    resets: Arc<AtomicU64>,
    stats: NearStats,
    peers: Pooled<Vec<String>>,
}

static LINKS: AtomicUsize = AtomicUsize::new(0);

impl Link {
    pub(crate) fn new(retries: Arc<AtomicU32>) -> Self {
        LINKS.fetch_add(1, Ordering::Relaxed);
        Link {
            frames: AtomicU64::new(0),
            size: AtomicUsize::new(0),
            up: AtomicBool::default(),
            dropped: AtomicU64::new(Tally::MAX),
            retries,
            resets: Arc::new(AtomicU64::new(0)),
            stats: NearStats::default(),
            peers: Pooled::default(),
        }
    }

    pub(crate) fn frame(&self, bytes: Bytes) -> Tally {
        self.size.fetch_add(bytes, Ordering::Relaxed);
        self.dropped.fetch_sub(1, Ordering::Relaxed);
        self.retries.fetch_add(1, Ordering::Relaxed);
        let resets = Arc::clone(&self.resets);
        std::thread::spawn(move || {
            resets.fetch_add(1, Ordering::Relaxed);
        });
        self.stats.sent.fetch_add(1, Ordering::Relaxed);
        self.frames.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn raise(&self) -> Flag {
        self.up.swap(true, Ordering::SeqCst)
    }

    pub(crate) fn peer(&self, name: &str) {
        self.peers.lock().unwrap().push(name.to_owned());
    }
}

pub(crate) fn first() -> Link {
    Link::new(Arc::new(AtomicU32::new(0)))
}
