// level: safe
use std::io;
use std::sync::{Arc, OnceLock};

const EMPTY: OnceLock<Arc<Vec<u8>>> = OnceLock::new();
static PARTS: [OnceLock<Arc<Vec<u8>>>; 4] = [EMPTY; 4];

pub fn part(at: usize) -> io::Result<Arc<Vec<u8>>> {
    let at = at % 4;
    if let Some(part) = PARTS[at].get() {
        return Ok(part.clone());
    }
    let part = PARTS[at].get_or_init(|| Arc::new(vec![at as u8]));
    Ok(part.clone())
}

pub fn sum() -> usize {
    let mut sum = 0;
    for slot in &PARTS {
        let part = slot.get();
        for part in part.into_iter() {
            sum += part.len();
        }
    }
    sum
}

pub fn first() -> Option<u8> {
    PARTS[0].get()?.first().copied()
}
