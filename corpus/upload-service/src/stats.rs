//! Counts for `GET /metrics` and for the reports that housekeeping writes.

use std::collections::HashMap;
use std::fmt::Write;
use std::mem;
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;

use crate::routes;

#[derive(Default)]
pub struct Stats {
    uploads: Mutex<u64>,
    bytes_in: Mutex<u64>,
    largest: Mutex<u64>,
    in_flight: Mutex<usize>,
    failures: Mutex<u64>,
    refusals: RwLock<u64>,
    downloads: tokio::sync::Mutex<u64>,
    window_uploads: Mutex<u64>,
    window_bytes: Mutex<u64>,
    draining: Mutex<bool>,
    latency: Mutex<Latency>,
    by_name: tokio::sync::Mutex<HashMap<String, u64>>,
    pub(crate) frames: Arc<Mutex<u64>>,
    pub(crate) published: Arc<Mutex<u64>>,
    pub(crate) scrubbed: Arc<Mutex<u64>>,
}

#[derive(Default)]
struct Latency {
    count: u64,
    total: Duration,
}

impl Stats {
    pub fn new() -> Self {
        Stats::default()
    }

    pub fn record_upload(&self, bytes: u64, took: Duration) {
        *self.uploads.lock().unwrap() += 1;
        self.add_bytes(bytes);
        self.raise_largest(bytes);

        let mut window = self.window_bytes.lock().unwrap();
        *window += bytes;
        drop(window);
        *self.window_uploads.lock().unwrap() += 1;

        // Count and total are one value: a mean taken between the two would be wrong.
        let mut latency = self.latency.lock().unwrap();
        latency.count += 1;
        latency.total += took;
    }

    fn add_bytes(&self, bytes: u64) {
        let mut total = self.bytes_in.lock().unwrap();
        *total += bytes;
    }

    fn raise_largest(&self, bytes: u64) {
        let mut largest = self.largest.lock().unwrap();
        if bytes > *largest {
            *largest = bytes;
        }
    }

    pub async fn record_download(&self, name: &str) {
        *self.downloads.lock().await += 1;
        let mut by_name = self.by_name.lock().await;
        *by_name.entry(name.to_owned()).or_insert(0) += 1;
    }

    /// Names with how often they were downloaded, the most wanted first.
    pub async fn wanted(&self) -> Vec<(String, u64)> {
        let by_name = self.by_name.lock().await;
        let mut found: Vec<_> = by_name.iter().map(|(n, c)| (n.clone(), *c)).collect();
        drop(by_name);
        found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        found
    }

    pub fn record_failure(&self) {
        if let Ok(mut failures) = self.failures.lock() {
            *failures += 1;
        }
    }

    pub fn record_refusal(&self) {
        *self.refusals.write().unwrap() += 1;
    }

    /// Counts a request as under way until the returned value is dropped.
    pub fn enter(&self) -> InFlight<'_> {
        *self.in_flight.lock().unwrap() += 1;
        InFlight(self)
    }

    /// From now on uploads are turned away.
    pub fn drain(&self) {
        *self.draining.lock().unwrap() = true;
    }

    pub fn is_draining(&self) -> bool {
        *self.draining.lock().unwrap()
    }

    /// Uploads and bytes since the last call.
    pub fn take_window(&self) -> (u64, u64) {
        let uploads = mem::take(&mut *self.window_uploads.lock().unwrap());
        let bytes = mem::replace(&mut *self.window_bytes.lock().unwrap(), 0);
        (uploads, bytes)
    }

    fn mean_latency(&self) -> Duration {
        let latency = self.latency.lock().unwrap();
        match u32::try_from(latency.count) {
            Ok(count) if count > 0 => latency.total / count,
            _ => Duration::ZERO,
        }
    }

    /// One `name value` a line.
    pub async fn render(&self) -> String {
        let uploads = *self.uploads.lock().unwrap();
        let bytes_in = *self.bytes_in.lock().unwrap();
        let largest = *self.largest.lock().unwrap();
        let in_flight = *self.in_flight.lock().unwrap();
        let refusals = *self.refusals.read().unwrap();
        let failures = *self.failures.lock().unwrap();
        let downloads = *self.downloads.lock().await;
        let mean = self.mean_latency().as_micros();

        let mut text = String::with_capacity(512);
        let _ = writeln!(text, "uploads_total {uploads}");
        let _ = writeln!(text, "upload_bytes_total {bytes_in}");
        let _ = writeln!(text, "upload_largest_bytes {largest}");
        let _ = writeln!(text, "upload_mean_micros {mean}");
        let _ = writeln!(text, "uploads_in_flight {in_flight}");
        let _ = writeln!(text, "uploads_refused_total {refusals}");
        let _ = writeln!(text, "uploads_failed_total {failures}");
        let _ = writeln!(text, "downloads_total {downloads}");
        let _ = writeln!(text, "frames_total {}", *self.frames.lock().unwrap());
        let _ = writeln!(text, "published_total {}", *self.published.lock().unwrap());
        let _ = writeln!(text, "scrubbed_total {}", *self.scrubbed.lock().unwrap());
        let _ = writeln!(text, "drained_bytes_total {}", routes::drained_bytes());
        text
    }
}

pub struct InFlight<'a>(&'a Stats);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        *self.0.in_flight.lock().unwrap() -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    async fn value(stats: &Stats, name: &str) -> u64 {
        let text = stats.render().await;
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap().trim().parse().unwrap()
    }

    #[tokio::test]
    async fn counts_from_many_threads() {
        let stats = Stats::new();
        thread::scope(|scope| {
            for thread in 1..=8 {
                let stats = &stats;
                scope.spawn(move || {
                    for n in 1..=100 {
                        stats.record_upload(thread * n, Duration::from_micros(5));
                        stats.record_failure();
                        stats.record_refusal();
                    }
                });
            }
        });
        assert_eq!(value(&stats, "uploads_total").await, 800);
        assert_eq!(value(&stats, "upload_bytes_total").await, 36 * 5050);
        assert_eq!(value(&stats, "upload_largest_bytes").await, 800);
        assert_eq!(value(&stats, "upload_mean_micros").await, 5);
        assert_eq!(value(&stats, "uploads_failed_total").await, 800);
        assert_eq!(value(&stats, "uploads_refused_total").await, 800);
    }

    #[tokio::test]
    async fn requests_are_in_flight_until_dropped() {
        let stats = Stats::new();
        let (one, two) = (stats.enter(), stats.enter());
        assert_eq!(value(&stats, "uploads_in_flight").await, 2);
        drop(one);
        assert_eq!(value(&stats, "uploads_in_flight").await, 1);
        drop(two);
        assert_eq!(value(&stats, "uploads_in_flight").await, 0);
    }

    #[tokio::test]
    async fn a_window_starts_again_when_taken() {
        let stats = Stats::new();
        stats.record_upload(3, Duration::ZERO);
        stats.record_upload(4, Duration::ZERO);
        assert_eq!(stats.take_window(), (2, 7));
        assert_eq!(stats.take_window(), (0, 0));
        assert_eq!(value(&stats, "uploads_total").await, 2);
    }

    #[tokio::test]
    async fn shared_counters_are_shared() {
        let stats = Stats::new();
        let jobs: Vec<_> = (0..10)
            .map(|_| {
                let scrubbed = Arc::clone(&stats.scrubbed);
                tokio::spawn(async move { *scrubbed.lock().unwrap() += 1 })
            })
            .collect();
        for job in jobs {
            job.await.unwrap();
        }
        assert_eq!(value(&stats, "scrubbed_total").await, 10);
    }

    #[tokio::test]
    async fn downloads_are_counted_by_name() {
        let stats = Stats::new();
        for name in ["b", "a", "c", "a", "b", "a"] {
            stats.record_download(name).await;
        }
        let wanted = [("a", 3), ("b", 2), ("c", 1)].map(|(n, c)| (n.to_owned(), c));
        assert_eq!(stats.wanted().await, wanted);
        assert_eq!(value(&stats, "downloads_total").await, 6);
    }

    #[test]
    fn draining_is_for_good() {
        let stats = Stats::new();
        assert!(!stats.is_draining());
        stats.drain();
        stats.drain();
        assert!(stats.is_draining());
    }
}
