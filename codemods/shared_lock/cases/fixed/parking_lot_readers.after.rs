// level: review
use parking_lot::RwLock;
use std::collections::HashMap;

struct Registry {
    by_name: RwLock<HashMap<String, Vec<u8>>>,
}

impl Registry {
    fn size(&self) -> usize {
        self.by_name.read().values().map(Vec::len).sum()
    }

    fn names(&self) -> Vec<String> {
        self.by_name.read().keys().cloned().collect()
    }

    fn has(&self, name: &str) -> bool {
        self.by_name.read().contains_key(name)
    }

    fn put(&self, name: String, data: Vec<u8>) {
        self.by_name.write().insert(name, data);
    }

    fn close(self) -> HashMap<String, Vec<u8>> {
        self.by_name.into_inner()
    }
}
