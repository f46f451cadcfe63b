//! A struct of the same name stands in another file.

use std::sync::Mutex;

#[derive(Default)]
pub(crate) struct Meters {
    out_bytes: u64,
    frames: u64,
}

#[derive(Default)]
pub(crate) struct Side {
    meters: Mutex<Meters>,
}

impl Side {
    pub(crate) fn frame(&self, bytes: u64) {
        self.meters.lock().unwrap().out_bytes += bytes;
        self.meters.lock().unwrap().frames += 1;
    }

    pub(crate) fn clear() -> Self {
        Side {
            meters: Mutex::new(Meters {
                out_bytes: 0,
                frames: 0,
            }),
        }
    }
}
