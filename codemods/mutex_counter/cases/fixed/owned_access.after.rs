// level: safe

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

#[derive(Default)]
pub(crate) struct Tally {
    ok: AtomicU64,
    failed: AtomicU64,
    total: AtomicI64,
}

impl Tally {
    pub(crate) fn starting_at(ok: u64, total: i64) -> Self {
        Tally {
            ok: AtomicU64::from(ok),
            failed: 0.into(),
            total: total.into(),
        }
    }

    pub(crate) fn ok(&self) {
        self.ok.fetch_add(1, Ordering::Relaxed);
        self.total.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn failed(&self) {
        self.failed.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn clear(&mut self) {
        *self.ok.get_mut() = 0;
        *self.failed.get_mut() = 0;
    }

    pub(crate) fn finish(self) -> (u64, u64, i64) {
        let ok = self.ok.into_inner();
        (ok, self.failed.into_inner(), self.total.into_inner())
    }
}

pub(crate) fn shared() -> u64 {
    let count = Arc::new(Mutex::<u64>::default());
    *count.lock().unwrap() += 2;
    Arc::try_unwrap(count).unwrap().into_inner().unwrap()
}
