// reason: so that its type is no longer told
use std::any::Any;
use std::sync::{Arc, Mutex};

pub struct Registry {
    name: Arc<Mutex<Option<String>>>,
}

impl Registry {
    pub fn name(&self) -> usize {
        let mut name = self.name.lock().unwrap();
        name.get_or_insert_with(|| "name".to_string()).len()
    }

    pub fn erased(&self) -> Arc<dyn Any + Send + Sync> {
        self.name.clone()
    }
}

pub fn registry() -> Registry {
    Registry { name: Arc::new(Mutex::new(None)) }
}
