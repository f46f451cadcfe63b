// level: safe
use std::io;
use std::sync::{Arc, RwLock};

const EMPTY: RwLock<Option<Arc<Vec<u8>>>> = RwLock::new(None);
static PARTS: [RwLock<Option<Arc<Vec<u8>>>>; 4] = [EMPTY; 4];

pub fn part(at: usize) -> io::Result<Arc<Vec<u8>>> {
    let at = at % 4;
    if let Some(part) = PARTS[at].read().unwrap().as_ref() {
        return Ok(part.clone());
    }
    let mut slot = PARTS[at].write().unwrap();
    if let Some(part) = &*slot {
        return Ok(part.clone());
    }
    let made = Arc::new(vec![at as u8]);
    *slot = Some(made.clone());
    Ok(made)
}

pub fn sum() -> usize {
    let mut sum = 0;
    for slot in &PARTS {
        let part = slot.read().unwrap();
        for part in part.iter() {
            sum += part.len();
        }
    }
    sum
}

pub fn first() -> Option<u8> {
    PARTS[0].read().unwrap().as_ref()?.first().copied()
}
