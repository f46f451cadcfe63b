// level: review
// prefer: std
use std::fmt;

use tokio::sync::Mutex;

struct Level {
    value: Mutex<u32>,
}

impl Level {
    async fn raise(&self) {
        *self.value.lock().await += 1;
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.value)
    }
}
