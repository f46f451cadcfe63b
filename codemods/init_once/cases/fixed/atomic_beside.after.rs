// level: review
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::OnceLock;

static NAME: OnceLock<String> = OnceLock::new();
static WAITS: AtomicBool = AtomicBool::new(false);

pub fn make() -> bool {
    NAME.get_or_init(|| "name".to_string());
    WAITS.load(Ordering::SeqCst)
}

pub fn waits() -> bool {
    WAITS.store(true, Ordering::SeqCst);
    NAME.get().is_none()
}
