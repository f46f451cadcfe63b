// level: review
use std::collections::HashMap;
use std::sync::{Arc, RwLock};

#[derive(Clone, Default)]
struct Sessions {
    by_id: Arc<RwLock<HashMap<u64, String>>>,
}

struct Hits {
    by_path: RwLock<HashMap<String, u64>>,
}

impl Sessions {
    fn name(&self, id: u64) -> Option<String> {
        self.by_id.read().unwrap().get(&id).cloned()
    }

    fn is_open(&self, id: u64) -> bool {
        self.by_id.read().unwrap().contains_key(&id)
    }

    fn open(&self, id: u64, name: &str) -> bool {
        self.by_id.write().unwrap().insert(id, name.to_string()).is_none()
    }

    fn close(&self, id: u64) -> Option<String> {
        self.by_id.write().unwrap().remove(&id)
    }

    fn end(&self, id: u64) {
        self.by_id.write().unwrap().remove(&id);
    }
}

impl Hits {
    fn new() -> Self {
        Hits { by_path: RwLock::new(HashMap::with_capacity(8)) }
    }

    fn hit(&self, path: &str) {
        *self.by_path.write().unwrap().entry(path.to_string()).or_insert(0) += 1;
    }

    fn of(&self, path: &str) -> u64 {
        self.by_path.read().unwrap().get(path).copied().unwrap_or(0)
    }

    fn size(&self) -> usize {
        self.by_path.read().unwrap().len()
    }

    fn cut(&self) {
        self.by_path.write().unwrap().retain(|_, hits| *hits > 1);
    }
}
