// level: safe
// prefer: once-lock
use std::collections::HashMap;
use std::sync::Mutex;

static KINDS: Mutex<Option<HashMap<&'static str, u8>>> = Mutex::new(None);

fn kinds() -> HashMap<&'static str, u8> {
    HashMap::from([("a", 1), ("b", 2)])
}

pub fn kind(name: &str) -> Option<u8> {
    let mut kinds_ = KINDS.lock().unwrap();
    if kinds_.is_none() {
        *kinds_ = Some(kinds());
    }
    let kinds = kinds_.as_ref().unwrap();
    kinds.get(name).copied()
}
