// reason: whether none was there is not told here
use std::sync::RwLock;

static NAME: RwLock<Option<String>> = RwLock::new(None);

pub fn set(name: &str) {
    *NAME.write().unwrap() = Some(name.to_string());
}

pub fn name() -> Option<String> {
    NAME.read().unwrap().clone()
}
