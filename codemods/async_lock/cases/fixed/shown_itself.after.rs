// level: review
// prefer: std
use std::fmt;
use std::sync::{Mutex, PoisonError};

struct Level {
    value: Mutex<u32>,
}

impl Level {
    async fn raise(&self) {
        *self.value.lock().unwrap_or_else(PoisonError::into_inner) += 1;
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.value)
    }
}
