// level: review
use dashmap::DashMap;
use std::sync::Arc;

#[derive(Clone, Default)]
struct Sessions {
    by_id: Arc<DashMap<u64, String>>,
}

struct Hits {
    by_path: DashMap<String, u64>,
}

impl Sessions {
    fn name(&self, id: u64) -> Option<String> {
        self.by_id.get(&id).map(|entry| entry.value().clone())
    }

    fn is_open(&self, id: u64) -> bool {
        self.by_id.contains_key(&id)
    }

    fn open(&self, id: u64, name: &str) -> bool {
        self.by_id.insert(id, name.to_string()).is_none()
    }

    fn close(&self, id: u64) -> Option<String> {
        self.by_id.remove(&id).map(|(_, value)| value)
    }

    fn end(&self, id: u64) {
        self.by_id.remove(&id);
    }
}

impl Hits {
    fn new() -> Self {
        Hits { by_path: DashMap::with_capacity(8) }
    }

    fn hit(&self, path: &str) {
        *self.by_path.entry(path.to_string()).or_insert(0) += 1;
    }

    fn of(&self, path: &str) -> u64 {
        self.by_path.get(path).map(|entry| *entry.value()).unwrap_or(0)
    }

    fn size(&self) -> usize {
        self.by_path.len()
    }

    fn cut(&self) {
        self.by_path.retain(|_, hits| *hits > 1);
    }
}
