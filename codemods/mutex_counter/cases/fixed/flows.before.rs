// level: safe

use std::collections::HashMap;
use std::sync::{Arc, Mutex, RwLock};

type Counter = Arc<Mutex<u64>>;
type Shard = (Mutex<u32>, String);

pub(crate) struct Metrics {
    total: Counter,
    by_route: RwLock<HashMap<String, Arc<Mutex<u64>>>>,
    shards: Vec<Shard>,
    spare: Option<Counter>,
}

pub(crate) struct Tap(Counter, Mutex<u16>);

fn bump(counter: &Mutex<u64>, by: u64) {
    *counter.lock().unwrap() += by;
}

fn fresh() -> Arc<Mutex<u64>> {
    Arc::new(Mutex::new(0))
}

impl Metrics {
    pub(crate) fn new(total: Counter) -> Self {
        Metrics {
            total,
            by_route: RwLock::default(),
            shards: (0..4).map(|n| (Mutex::new(0), n.to_string())).collect(),
            spare: Some(fresh()),
        }
    }

    pub(crate) fn tap(&self) -> Tap {
        Tap(Arc::clone(&self.total), Mutex::new(0))
    }

    pub(crate) fn hit(&self, route: &str, shard: usize) {
        bump(&self.total, 1);
        let counter = self
            .by_route
            .write()
            .unwrap()
            .entry(route.to_owned())
            .or_insert_with(|| Arc::new(Mutex::new(0)))
            .clone();
        *counter.lock().unwrap() += 1;
        *self.shards[shard].0.lock().unwrap() += 1;
        if let Some(spare) = &self.spare {
            *spare.lock().unwrap() += 1;
        }
    }

    pub(crate) fn sum(&self) -> u32 {
        self.shards.iter().map(|(n, _)| *n.lock().unwrap()).sum()
    }
}

impl Tap {
    pub(crate) fn observe(&self) -> u64 {
        *self.1.lock().unwrap() += 1;
        *self.0.lock().unwrap()
    }
}

pub(crate) fn started(route: &str) -> u64 {
    let total = Counter::default();
    let metrics = Metrics::new(total.clone());
    metrics.hit(route, 0);
    let seen = *total.lock().unwrap();
    seen + metrics.tap().observe() + u64::from(metrics.sum())
}
