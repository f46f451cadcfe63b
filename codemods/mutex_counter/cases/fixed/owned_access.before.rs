// level: safe

use std::sync::{Arc, Mutex};

#[derive(Default)]
pub(crate) struct Tally {
    ok: Mutex<u64>,
    failed: parking_lot::Mutex<u64>,
    total: Mutex<i64>,
}

impl Tally {
    pub(crate) fn starting_at(ok: u64, total: i64) -> Self {
        Tally {
            ok: Mutex::from(ok),
            failed: 0.into(),
            total: total.into(),
        }
    }

    pub(crate) fn ok(&self) {
        *self.ok.lock().unwrap() += 1;
        *self.total.lock().unwrap() += 1;
    }

    pub(crate) fn failed(&self) {
        *self.failed.lock() += 1;
    }

    pub(crate) fn clear(&mut self) {
        *self.ok.get_mut().unwrap() = 0;
        *self.failed.get_mut() = 0;
    }

    pub(crate) fn finish(self) -> (u64, u64, i64) {
        let ok = self.ok.into_inner().unwrap();
        (
            ok,
            self.failed.into_inner(),
            self.total.into_inner().unwrap(),
        )
    }
}

pub(crate) fn shared() -> u64 {
    let count = Arc::new(Mutex::<u64>::default());
    *count.lock().unwrap() += 2;
    Arc::try_unwrap(count).unwrap().into_inner().unwrap()
}
