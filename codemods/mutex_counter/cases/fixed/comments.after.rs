// level: safe

use std::sync::atomic::{AtomicU64, Ordering};

/// Evictions of the page cache.
pub(crate) struct Evictions {
    /// Pages thrown out, dirty ones included.
    pages: AtomicU64, // since start
    // Bytes of these pages.
    bytes: AtomicU64,
}

impl Evictions {
    pub(crate) fn record(&self, sizes: &[u64]) {
        // One more page, whatever its size.
        self.pages.fetch_add(1, Ordering::Relaxed); // cheap
        let sum = sizes.iter().sum::<u64>();
        // Held for the addition alone.
        // Padding counts too.
        self.bytes.fetch_add(sum /* net */ + 16, Ordering::Relaxed);
    }

    pub(crate) fn pages(&self) -> u64 {
        // Not exact while others record.
        self.pages.load(Ordering::Relaxed)
    }
}
