//! What came out, as HDR histograms of microseconds.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde_json::{json, Value};

use crate::options::Options;

/// A run is void when one request in a hundred started later than this for the generator's fault.
const MAX_LAG: Duration = Duration::from_millis(5);

pub struct Tally {
    latency: Histogram<u64>,
    lag: Histogram<u64>,
    refused: u64,
    pub took: Duration,
}

impl Tally {
    pub fn new() -> Self {
        let histogram = || {
            // 1 us to 10 minutes, three digits.
            Histogram::new_with_bounds(1, 600_000_000, 3).expect("the bounds are in order")
        };
        Tally {
            latency: histogram(),
            lag: histogram(),
            refused: 0,
            took: Duration::ZERO,
        }
    }

    pub fn request(&mut self, latency: Duration, good: bool) {
        self.latency.saturating_record(micros(latency));
        self.refused += u64::from(!good);
    }

    /// How late a connection that was free in time began.
    pub fn lag(&mut self, late: Duration) {
        self.lag.saturating_record(micros(late));
    }

    pub fn add(&mut self, other: &Tally) {
        self.latency += &other.latency;
        self.lag += &other.lag;
        self.refused += other.refused;
    }

    pub fn json(&self, options: &Options) -> Value {
        let at = |histogram: &Histogram<u64>, part| histogram.value_at_quantile(part);
        let seconds = self.took.as_secs_f64().max(f64::MIN_POSITIVE);
        let lag = at(&self.lag, 0.99);
        json!({
            "planned_rate": options.rate,
            "rate": self.latency.len() as f64 / seconds,
            "requests": self.latency.len(),
            "refused": self.refused,
            "seconds": seconds,
            "mean_us": self.latency.mean(),
            "p50_us": at(&self.latency, 0.5),
            "p99_us": at(&self.latency, 0.99),
            "p999_us": at(&self.latency, 0.999),
            "max_us": self.latency.max(),
            "lag_p99_us": lag,
            "lagged": options.rate.is_some() && lag > micros(MAX_LAG),
        })
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX).max(1)
}
