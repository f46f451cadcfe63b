// level: review
use parking_lot::Mutex;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

struct Parts {
    queue: Mutex<VecDeque<String>>,
    done: Mutex<HashMap<String, u64>>,
}

impl Default for Parts {
    fn default() -> Self {
        let queue = VecDeque::new();
        Parts { queue: Mutex::new(queue), done: Mutex::new(HashMap::new()) }
    }
}

#[derive(Clone, Default)]
struct Pool {
    parts: Arc<Parts>,
}

impl Pool {
    fn push(&self, job: &str) {
        self.parts.queue.lock().push_back(job.to_string());
    }

    fn next(&self) -> Option<String> {
        let mut parts = self.parts.queue.lock();
        let next = parts.pop_front();
        drop(parts);
        next
    }

    fn finish(&self, job: String, took: u64) {
        *self.parts.done.lock().entry(job).or_insert(0) += took;
    }

    fn slowest(&self) -> u64 {
        let parts = self.parts.done.lock();
        let done = &*parts;
        done.values().copied().max().unwrap_or(0)
    }
}

fn pool() -> Pool {
    Pool { parts: Arc::new(Parts::default()) }
}
