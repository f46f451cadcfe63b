// level: review
use parking_lot::Mutex;
use std::collections::HashMap;

struct Registry {
    by_name: Mutex<HashMap<String, Vec<u8>>>,
}

impl Registry {
    fn size(&self) -> usize {
        self.by_name.lock().values().map(Vec::len).sum()
    }

    fn names(&self) -> Vec<String> {
        self.by_name.lock().keys().cloned().collect()
    }

    fn has(&self, name: &str) -> bool {
        self.by_name.lock().contains_key(name)
    }

    fn put(&self, name: String, data: Vec<u8>) {
        self.by_name.lock().insert(name, data);
    }

    fn close(self) -> HashMap<String, Vec<u8>> {
        self.by_name.into_inner()
    }
}
