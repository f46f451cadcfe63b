// reason: may take the number's bits for the number

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

/// As a serializer of another crate has it: for locks around floats, and for atomics.
pub(crate) trait Encode {
    fn encode(&self) -> String;
}

impl Encode for Mutex<f32> {
    fn encode(&self) -> String {
        self.lock().unwrap().to_string()
    }
}

impl Encode for AtomicU32 {
    fn encode(&self) -> String {
        self.load(Ordering::Relaxed).to_string()
    }
}

pub(crate) struct Slope {
    slope: Mutex<f32>,
}

impl Slope {
    pub(crate) fn grow(&self, by: f32) -> String {
        *self.slope.lock().unwrap() += by;
        self.slope.encode()
    }
}
