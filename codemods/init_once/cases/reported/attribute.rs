// reason: an attribute stands on a statement
use std::sync::Mutex;

static NAME: Mutex<Option<String>> = Mutex::new(None);

pub fn length() -> usize {
    let mut name = NAME.lock().unwrap();
    #[cfg(not(feature = "empty"))]
    if name.is_none() {
        *name = Some("name".to_string());
    }
    name.as_ref().map_or(0, |name| name.len())
}
