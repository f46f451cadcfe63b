// reason: a value is put there whatever is there
use std::sync::RwLock;

static NAME: RwLock<Option<String>> = RwLock::new(None);

pub fn set(name: &str) {
    *NAME.write().unwrap() = Some(name.to_string());
}

pub fn name() -> Option<String> {
    NAME.read().unwrap().clone()
}
