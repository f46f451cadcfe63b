// level: review
// prefer: std
use std::sync::{Mutex, PoisonError};
use tracing::info;

struct Stats {
    slowest: Mutex<Vec<u64>>,
}

impl Stats {
    async fn record(&self, micros: u64) {
        let mut slowest = self.slowest.lock().unwrap_or_else(PoisonError::into_inner);
        if slowest.len() < 10 {
            info!(micros, "slow");
            slowest.push(micros);
        }
    }

    async fn total(&self) -> u64 {
        let mut total = 0;
        for micros in self
            .slowest
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
        {
            total += micros;
        }
        total
    }
}
