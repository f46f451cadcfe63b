use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

pub(crate) struct Kinds {
    r#type: AtomicU64,
    größe: AtomicU64,
    count: AtomicU32,
}

impl Kinds {
    pub(crate) fn record(&self, count: u32) {
        self.r#type.fetch_add(1, Ordering::Relaxed);
        self.größe.fetch_add(2, Ordering::SeqCst);
        let more = count + 1;
        self.count.fetch_add(more, Ordering::SeqCst);
    }

    pub(crate) fn sum(&self) -> u64 {
        let count = self.count.load(Ordering::SeqCst);
        let doubled = u64::from(count) * 2;
        let sizes = self.größe.load(Ordering::SeqCst);
        doubled + sizes
    }
}

pub(crate) fn shadowed(values: &[u32]) -> u32 {
    let count = AtomicU32::new(0);
    for value in values {
        count.fetch_add(*value, Ordering::Relaxed);
    }
    count.load(Ordering::Relaxed)
}
