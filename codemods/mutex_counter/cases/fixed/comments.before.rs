// level: safe

use std::sync::Mutex;

/// Evictions of the page cache.
pub(crate) struct Evictions {
    /// Pages thrown out, dirty ones included.
    pages: Mutex<u64>, // since start
    // Bytes of these pages.
    bytes: Mutex<u64>,
}

impl Evictions {
    pub(crate) fn record(&self, sizes: &[u64]) {
        // One more page, whatever its size.
        *self.pages.lock().unwrap() += 1; // cheap
        let sum = sizes.iter().sum::<u64>();
        // Held for the addition alone.
        let mut bytes = self.bytes.lock().unwrap();
        // Padding counts too.
        *bytes += sum /* net */ + 16;
    }

    pub(crate) fn pages(&self) -> u64 {
        // Not exact while others record.
        *self.pages.lock().unwrap()
    }
}
