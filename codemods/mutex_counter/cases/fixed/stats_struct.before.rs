// level: review

use std::sync::{Arc, Mutex};

/// What the cache did since the start.
#[derive(Debug, Default)]
pub(crate) struct CacheStats {
    hits: u64,
    misses: u64,
    entries: usize,
    full: bool,
}

pub(crate) struct Cache {
    stats: Arc<Mutex<CacheStats>>,
    local: Mutex<CacheStats>,
    limit: usize,
}

impl Cache {
    pub(crate) fn new(limit: usize) -> Self {
        let entries = 0;
        Cache {
            stats: Arc::new(Mutex::new(CacheStats {
                hits: 0,
                misses: 0,
                entries,
                ..Default::default()
            })),
            local: Mutex::default(),
            limit,
        }
    }

    pub(crate) fn hit(&self) {
        self.stats.lock().unwrap().hits += 1;
        let mut local = self.local.lock().unwrap();
        local.hits += 1;
    }

    pub(crate) fn miss(&self) {
        let stats = Arc::clone(&self.stats);
        std::thread::spawn(move || {
            if let Ok(mut stats) = stats.lock() {
                stats.misses += 1;
            }
        });
    }

    pub(crate) fn insert(&self) -> usize {
        let mut stats = self.stats.lock().unwrap();
        stats.entries += 1;
        stats.entries
    }

    pub(crate) fn close(&self) {
        self.stats.lock().unwrap().full = true;
    }

    pub(crate) fn is_full(&self) -> bool {
        self.stats.lock().unwrap().full || self.limit == 0
    }

    pub(crate) fn ratio(&self) -> f64 {
        let stats = self.stats.lock().unwrap();
        stats.hits as f64 / (stats.hits + stats.misses) as f64
    }
}
