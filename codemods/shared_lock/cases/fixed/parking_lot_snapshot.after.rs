// level: review
use parking_lot::RwLock;
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Default)]
struct Catalog {
    prices: RwLock<Arc<BTreeMap<String, u64>>>,
}

impl Catalog {
    fn sum(&self, names: &[&str]) -> u64 {
        let prices = Arc::clone(&self.prices.read());
        let mut sum = 0;
        for name in names {
            sum += prices.get(*name).copied().unwrap_or(0);
        }
        drop(prices);
        sum
    }

    fn all(&self) -> BTreeMap<String, u64> {
        let prices = Arc::clone(&self.prices.read());
        let copy = (*prices).clone();
        copy
    }

    fn price(&self, name: &str) -> Option<u64> {
        self.prices.read().get(name).copied()
    }

    fn close(self) -> BTreeMap<String, u64> {
        Arc::unwrap_or_clone(self.prices.into_inner())
    }

    fn load(&self, prices: BTreeMap<String, u64>) {
        *self.prices.write() = Arc::new(prices);
    }
}
