// level: review

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::Arc;

/// What the cache did since the start.
#[derive(Debug, Default)]
pub(crate) struct CacheStats {
    hits: AtomicU64,
    misses: AtomicU64,
    entries: AtomicUsize,
    full: AtomicBool,
}

pub(crate) struct Cache {
    stats: Arc<CacheStats>,
    local: CacheStats,
    limit: usize,
}

impl Cache {
    pub(crate) fn new(limit: usize) -> Self {
        let entries = 0;
        Cache {
            stats: Arc::new(CacheStats {
                hits: AtomicU64::new(0),
                misses: AtomicU64::new(0),
                entries: AtomicUsize::new(entries),
                ..Default::default()
            }),
            local: CacheStats::default(),
            limit,
        }
    }

    pub(crate) fn hit(&self) {
        self.stats.hits.fetch_add(1, Ordering::Relaxed);
        self.local.hits.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn miss(&self) {
        let stats = Arc::clone(&self.stats);
        std::thread::spawn(move || {
            stats.misses.fetch_add(1, Ordering::Relaxed);
        });
    }

    pub(crate) fn insert(&self) -> usize {
        self.stats.entries.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn close(&self) {
        self.stats.full.store(true, Ordering::SeqCst);
    }

    pub(crate) fn is_full(&self) -> bool {
        self.stats.full.load(Ordering::SeqCst) || self.limit == 0
    }

    pub(crate) fn ratio(&self) -> f64 {
        let hits = self.stats.hits.load(Ordering::Relaxed);
        let misses = self.stats.misses.load(Ordering::Relaxed);
        hits as f64 / (hits + misses) as f64
    }
}
