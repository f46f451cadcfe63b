// level: safe

use std::collections::HashMap;
use std::sync::atomic::{AtomicU16, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, RwLock};

type Counter = Arc<AtomicU64>;
type Shard = (AtomicU32, String);

pub(crate) struct Metrics {
    total: Counter,
    by_route: RwLock<HashMap<String, Arc<AtomicU64>>>,
    shards: Vec<Shard>,
    spare: Option<Counter>,
}

pub(crate) struct Tap(Counter, AtomicU16);

fn bump(counter: &AtomicU64, by: u64) {
    counter.fetch_add(by, Ordering::Relaxed);
}

fn fresh() -> Arc<AtomicU64> {
    Arc::new(AtomicU64::new(0))
}

impl Metrics {
    pub(crate) fn new(total: Counter) -> Self {
        Metrics {
            total,
            by_route: RwLock::default(),
            shards: (0..4).map(|n| (AtomicU32::new(0), n.to_string())).collect(),
            spare: Some(fresh()),
        }
    }

    pub(crate) fn tap(&self) -> Tap {
        Tap(Arc::clone(&self.total), AtomicU16::new(0))
    }

    pub(crate) fn hit(&self, route: &str, shard: usize) {
        bump(&self.total, 1);
        let counter = self
            .by_route
            .write()
            .unwrap()
            .entry(route.to_owned())
            .or_insert_with(|| Arc::new(AtomicU64::new(0)))
            .clone();
        counter.fetch_add(1, Ordering::Relaxed);
        self.shards[shard].0.fetch_add(1, Ordering::SeqCst);
        if let Some(spare) = &self.spare {
            spare.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn sum(&self) -> u32 {
        self.shards
            .iter()
            .map(|(n, _)| n.load(Ordering::SeqCst))
            .sum()
    }
}

impl Tap {
    pub(crate) fn observe(&self) -> u64 {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.load(Ordering::Relaxed)
    }
}

pub(crate) fn started(route: &str) -> u64 {
    let total = Counter::default();
    let metrics = Metrics::new(total.clone());
    metrics.hit(route, 0);
    let seen = total.load(Ordering::Relaxed);
    seen + metrics.tap().observe() + u64::from(metrics.sum())
}
