//! A struct of the same name stands in another file.

use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Default)]
pub(crate) struct Meters {
    in_bytes: AtomicU64,
    frames: AtomicU64,
}

#[derive(Default)]
pub(crate) struct Side {
    meters: Meters,
}

impl Side {
    pub(crate) fn frame(&self, bytes: u64) {
        self.meters.in_bytes.fetch_add(bytes, Ordering::Relaxed);
        self.meters.frames.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn clear() -> Self {
        Side {
            meters: Meters {
                in_bytes: AtomicU64::new(0),
                frames: AtomicU64::new(0),
            },
        }
    }
}
