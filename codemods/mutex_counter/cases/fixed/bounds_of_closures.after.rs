// level: safe
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::Arc;

/// What a closure is given has the type of its bound.
fn with<F: Fn(&Arc<AtomicU32>)>(count: &Arc<AtomicU32>, act: F) {
    act(count)
}

fn read_by(count: &Arc<AtomicU64>, read: impl Fn(&Arc<AtomicU64>) -> u64) -> u64 {
    read(count)
}

pub(crate) fn counted() -> u32 {
    let count = Arc::new(AtomicU32::new(0u32));
    with(&count, |c| {
        c.fetch_add(1, Ordering::Relaxed);
    });
    let now = count.load(Ordering::Relaxed);
    now
}

pub(crate) fn shown() {
    let count = Arc::new(AtomicU64::new(0u64));
    count.fetch_add(1, Ordering::Relaxed);
    println!("{}", read_by(&count, |c| c.load(Ordering::Relaxed)));
}
