// level: safe

use std::sync::atomic::{AtomicU64, Ordering};

/// A count per shard; some are reached in ways that only the compiler sees through.
pub(crate) struct Shards {
    counts: Vec<AtomicU64>,
    first: usize,
}

impl Shards {
    pub(crate) fn new(shards: usize) -> Self {
        Shards {
            counts: (0..shards).map(|_| AtomicU64::new(0)).collect(),
            first: 0,
        }
    }

    pub(crate) fn hit(&self, shard: usize) {
        self.counts[shard].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn hit_all(&self) {
        self.counts
            .iter()
            .skip_while(|_| self.first > 0)
            .for_each(|count| {
                count.fetch_add(1, Ordering::Relaxed);
            });
    }

    fn pick(&self, shard: usize) -> impl std::ops::Deref<Target = AtomicU64> + '_ {
        Box::new(&self.counts[shard]).into_ref()
    }

    pub(crate) fn picked(&self, shard: usize) -> u64 {
        self.pick(shard).load(Ordering::Relaxed)
    }
}

trait IntoRef<'a, T> {
    fn into_ref(self) -> &'a T;
}

impl<'a, T> IntoRef<'a, T> for Box<&'a T> {
    fn into_ref(self) -> &'a T {
        *self
    }
}
