// level: review
use std::sync::{Arc, RwLock};

struct Shared {
    names: RwLock<Arc<Vec<String>>>,
}

impl Shared {
    fn new() -> Self {
        Shared { names: RwLock::new(Arc::new(Vec::new())) }
    }

    fn wait_for(&self, name: &str) {
        while !self.names.read().unwrap().iter().any(|known| known == name) {
            std::thread::yield_now();
        }
    }

    fn is_checked(&self) -> usize {
        assert!(self.names.read().unwrap().iter().all(|name| !name.is_empty()));
        let names = Arc::clone(&self.names.read().unwrap());
        let sum = names.iter().map(String::len).sum();
        sum
    }

    fn set(&self, names: Vec<String>) {
        *self.names.write().unwrap() = Arc::new(names);
    }
}
