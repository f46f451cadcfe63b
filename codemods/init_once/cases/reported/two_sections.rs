// reason: whether none was there is not told here
use std::sync::{Arc, Mutex};

static NAME: Mutex<Option<Arc<str>>> = Mutex::new(None);

pub fn name() -> Arc<str> {
    if let Some(name) = NAME.lock().unwrap().as_ref() {
        return name.clone();
    }
    let name: Arc<str> = Arc::from("made twice, perhaps");
    *NAME.lock().unwrap() = Some(name.clone());
    name
}
