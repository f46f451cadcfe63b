use std::collections::HashMap;
use std::sync::Mutex;

static SEEN: Mutex<Option<HashMap<u32, u32>>> = Mutex::new(None);

pub fn see(id: u32) -> u32 {
    let mut seen = SEEN.lock().unwrap();
    let seen = seen.get_or_insert_with(HashMap::new);
    *seen.entry(id).and_modify(|n| *n += 1).or_insert(1)
}
