// level: safe
use std::collections::HashMap;

use parking_lot::Mutex;

type Kinds = HashMap<&'static str, u8>;

/// By their names.
static KINDS: Mutex<Option<Kinds>> = parking_lot::const_mutex(None);

fn kinds() -> Kinds {
    HashMap::from([("a", 1), ("b", 2)])
}

pub fn kind(name: &str) -> Option<u8> {
    KINDS.lock().get_or_insert_with(kinds).get(name).copied()
}

pub fn count() -> usize {
    let mut all = KINDS.lock();
    let all = all.get_or_insert_with(kinds);
    all.len()
}

pub fn largest() -> u8 {
    let mut known = KINDS.lock();
    match known.as_ref() {
        Some(all) => all.values().max().copied().unwrap_or(0),
        None => {
            *known = Some(kinds());
            known.as_ref().unwrap().values().max().copied().unwrap_or(0)
        }
    }
}
