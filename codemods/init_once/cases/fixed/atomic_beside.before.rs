// level: review
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Mutex;

static NAME: Mutex<Option<String>> = Mutex::new(None);
static WAITS: AtomicBool = AtomicBool::new(false);

pub fn make() -> bool {
    NAME.lock().unwrap().get_or_insert_with(|| "name".to_string());
    WAITS.load(Ordering::SeqCst)
}

pub fn waits() -> bool {
    WAITS.store(true, Ordering::SeqCst);
    NAME.lock().unwrap().is_none()
}
