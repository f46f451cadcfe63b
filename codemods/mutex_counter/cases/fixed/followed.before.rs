// level: safe

use std::sync::Mutex;

/// A count per shard; some are reached in ways that only the compiler sees through.
pub(crate) struct Shards {
    counts: Vec<Mutex<u64>>,
    first: usize,
}

impl Shards {
    pub(crate) fn new(shards: usize) -> Self {
        Shards {
            counts: (0..shards).map(|_| Mutex::new(0)).collect(),
            first: 0,
        }
    }

    pub(crate) fn hit(&self, shard: usize) {
        *self.counts[shard].lock().unwrap() += 1;
    }

    pub(crate) fn hit_all(&self) {
        self.counts
            .iter()
            .skip_while(|_| self.first > 0)
            .for_each(|count| *count.lock().unwrap() += 1);
    }

    fn pick(&self, shard: usize) -> impl std::ops::Deref<Target = Mutex<u64>> + '_ {
        Box::new(&self.counts[shard]).into_ref()
    }

    pub(crate) fn picked(&self, shard: usize) -> u64 {
        *self.pick(shard).lock().unwrap()
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
