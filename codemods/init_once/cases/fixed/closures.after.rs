// level: safe
use std::sync::{Arc, OnceLock};

fn kept(slot: &OnceLock<u64>, make: impl Fn(&OnceLock<u64>) -> u64) -> u64 {
    make(slot)
}

pub fn sum(rows: &[u64]) -> u64 {
    let slot = Arc::new(OnceLock::new());
    let first = kept(&slot, |slot| {
        *slot.get_or_init(|| rows.iter().sum())
    });
    let other = Arc::clone(&slot);
    let second = std::thread::scope(|scope| {
        scope.spawn(|| other.get().copied().unwrap_or(0)).join().unwrap_or(0)
    });
    first + second
}
