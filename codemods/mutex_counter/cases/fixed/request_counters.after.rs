// level: safe

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

/// Counts for one endpoint.
#[derive(Debug, Default)]
pub(crate) struct RequestCounters {
    requests: AtomicU64,
    bytes_in: AtomicU64,
    in_flight: AtomicUsize,
    micros: AtomicU64,
}

impl RequestCounters {
    pub(crate) fn begin(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.in_flight.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn end(&self, body: &[u8], took: Duration) {
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
        self.bytes_in
            .fetch_add(body.len() as u64, Ordering::Relaxed);
        self.micros
            .fetch_add(took.as_micros() as u64, Ordering::Relaxed);
    }

    pub(crate) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    pub(crate) fn render(&self) -> String {
        let requests = self.requests.load(Ordering::Relaxed);
        let bytes = self.bytes_in.load(Ordering::Relaxed);
        let mean = self.micros.load(Ordering::Relaxed) as f64 / requests.max(1) as f64;
        format!(
            "requests {requests}\nbytes {bytes}\nin_flight {}\nmean_micros {mean:.1}\n",
            self.in_flight.load(Ordering::Relaxed)
        )
    }
}
