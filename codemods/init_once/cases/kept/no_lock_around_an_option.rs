use std::collections::HashMap;
use std::sync::{Mutex, OnceLock};

static ONE: OnceLock<Mutex<HashMap<u32, Option<u32>>>> = OnceLock::new();

pub fn first(id: u32) -> Option<u32> {
    let mut all = ONE.get_or_init(Mutex::default).lock().unwrap();
    let one = all.entry(id).or_insert(None);
    if one.is_none() {
        *one = Some(id);
    }
    *one
}
