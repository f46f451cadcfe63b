// level: review
use parking_lot::Mutex;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

struct Parts {
    queue: VecDeque<String>,
    done: HashMap<String, u64>,
}

impl Default for Parts {
    fn default() -> Self {
        let queue = VecDeque::new();
        Parts { queue, done: HashMap::new() }
    }
}

#[derive(Clone, Default)]
struct Pool {
    parts: Arc<Mutex<Parts>>,
}

impl Pool {
    fn push(&self, job: &str) {
        self.parts.lock().queue.push_back(job.to_string());
    }

    fn next(&self) -> Option<String> {
        let mut parts = self.parts.lock();
        let next = (*parts).queue.pop_front();
        drop(parts);
        next
    }

    fn finish(&self, job: String, took: u64) {
        *self.parts.lock().done.entry(job).or_insert(0) += took;
    }

    fn slowest(&self) -> u64 {
        let parts = self.parts.lock();
        let done = &parts.done;
        done.values().copied().max().unwrap_or(0)
    }
}

fn pool() -> Pool {
    Pool { parts: Arc::new(Mutex::new(Parts::default())) }
}
