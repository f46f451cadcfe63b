// level: safe

use std::sync::Mutex;
use std::time::Duration;

/// Counts for one endpoint.
#[derive(Debug, Default)]
pub(crate) struct RequestCounters {
    requests: Mutex<u64>,
    bytes_in: Mutex<u64>,
    in_flight: Mutex<usize>,
    micros: Mutex<u64>,
}

impl RequestCounters {
    pub(crate) fn begin(&self) {
        *self.requests.lock().unwrap() += 1;
        let mut in_flight = self.in_flight.lock().unwrap();
        *in_flight += 1;
    }

    pub(crate) fn end(&self, body: &[u8], took: Duration) {
        *self.in_flight.lock().expect("in_flight poisoned") -= 1;
        *self
            .bytes_in
            .lock()
            .expect("a thread panicked while it held the lock") += body.len() as u64;
        let mut micros = self.micros.lock().unwrap();
        *micros += took.as_micros() as u64;
        drop(micros);
    }

    pub(crate) fn requests(&self) -> u64 {
        *self.requests.lock().unwrap()
    }

    pub(crate) fn render(&self) -> String {
        let requests = *self.requests.lock().unwrap();
        let bytes = *self.bytes_in.lock().unwrap();
        let mean = *self.micros.lock().unwrap() as f64 / requests.max(1) as f64;
        format!(
            "requests {requests}\nbytes {bytes}\nin_flight {}\nmean_micros {mean:.1}\n",
            *self.in_flight.lock().unwrap()
        )
    }
}
