// level: review

use std::sync::atomic::{AtomicBool, AtomicI32, AtomicI64, AtomicU32, Ordering};

/// A block of the map; saved from code that is not async.
pub(crate) struct Spawner {
    delay: AtomicI32,
    active: AtomicBool,
    range: AtomicU32,
    seed: AtomicI64,
}

impl Spawner {
    pub(crate) async fn tick(&self) {
        self.delay.fetch_sub(1, Ordering::SeqCst);
        self.active.store(true, Ordering::SeqCst);
    }

    pub(crate) fn save(&self, out: &mut Vec<i64>) -> Option<()> {
        out.push(i64::from(self.delay.load(Ordering::SeqCst)));
        out.push(self.seed.load(Ordering::SeqCst));
        {
            out.push(i64::from(self.range.load(Ordering::SeqCst)));
        }
        Some(())
    }

    pub(crate) fn is_active(&self) -> bool {
        self.active.load(Ordering::SeqCst)
    }
}
