// level: review
use parking_lot::RwLock;
use std::collections::BTreeMap;

#[derive(Default)]
struct Catalog {
    prices: RwLock<BTreeMap<String, u64>>,
}

impl Catalog {
    fn sum(&self, names: &[&str]) -> u64 {
        let prices = self.prices.read();
        let mut sum = 0;
        for name in names {
            sum += prices.get(*name).copied().unwrap_or(0);
        }
        drop(prices);
        sum
    }

    fn all(&self) -> BTreeMap<String, u64> {
        let copy = self.prices.read().clone();
        copy
    }

    fn price(&self, name: &str) -> Option<u64> {
        self.prices.read().get(name).copied()
    }

    fn close(self) -> BTreeMap<String, u64> {
        self.prices.into_inner()
    }

    fn load(&self, prices: BTreeMap<String, u64>) {
        *self.prices.write() = prices;
    }
}
