// level: safe
use std::sync::{Arc, Mutex};

fn kept(slot: &Mutex<Option<u64>>, make: impl Fn(&Mutex<Option<u64>>) -> u64) -> u64 {
    make(slot)
}

pub fn sum(rows: &[u64]) -> u64 {
    let slot = Arc::new(Mutex::new(None));
    let first = kept(&slot, |slot| {
        let mut first = slot.lock().unwrap();
        *first.get_or_insert_with(|| rows.iter().sum())
    });
    let other = Arc::clone(&slot);
    let second = std::thread::scope(|scope| {
        scope.spawn(|| other.lock().unwrap().unwrap_or(0)).join().unwrap_or(0)
    });
    first + second
}
