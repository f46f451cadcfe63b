//! What came out, as HDR histograms of microseconds.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde_json::{json, Value};

use crate::options::Options;
use crate::Failure;

/// A run is void when one request in a hundred started later than this for the generator's fault.
const MAX_LAG: Duration = Duration::from_millis(5);
/// So many requests have to lie beyond a quantile that is handed over.
const BEYOND: f64 = 2.0;

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

    /// Prints all of it, and hands over the latencies to who asks for them.
    pub fn tell(&self, options: &Options) -> Result<(), Failure> {
        println!("{}", self.json(options));
        if self.refused > 0 {
            return Err(format!("{} uploads were refused", self.refused).into());
        }
        if let Some(path) = std::env::var_os("SPIKEPROOF_FIGURES") {
            std::fs::write(path, self.figures(options).to_string())?;
        }
        Ok(())
    }

    fn json(&self, options: &Options) -> Value {
        let seconds = self.took.as_secs_f64().max(f64::MIN_POSITIVE);
        json!({
            "planned_rate": options.rate,
            "rate": self.latency.len() as f64 / seconds,
            "requests": self.latency.len(),
            "refused": self.refused,
            "seconds": seconds,
            "mean_us": self.latency.mean(),
            "p50_us": self.latency.value_at_quantile(0.5),
            "p99_us": self.latency.value_at_quantile(0.99),
            "p999_us": self.latency.value_at_quantile(0.999),
            "max_us": self.latency.max(),
            "lag_p99_us": self.lag.value_at_quantile(0.99),
            "lagged": self.lagged(options),
        })
    }

    /// Lower is better; null when the run says nothing about the service.
    fn figures(&self, options: &Options) -> Value {
        let figure = |name: &str, micros: f64| {
            let value = (!self.lagged(options)).then_some(micros);
            json!({"name": name, "unit": "us", "value": value})
        };
        let mut found = vec![figure("mean", self.latency.mean())];
        for (name, part) in [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)] {
            if self.latency.len() as f64 * (1.0 - part) >= BEYOND {
                found.push(figure(name, self.latency.value_at_quantile(part) as f64));
            }
        }
        Value::Array(found)
    }

    fn lagged(&self, options: &Options) -> bool {
        options.rate.is_some() && self.lag.value_at_quantile(0.99) > micros(MAX_LAG)
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX).max(1)
}
