// reason: what is given back may differ where it was filled before
use std::sync::Mutex;

static NEXT: Mutex<Option<u32>> = Mutex::new(None);

pub fn first() -> u32 {
    let mut next = NEXT.lock().unwrap();
    if let Some(next) = *next {
        return next + 1;
    }
    let found = 7;
    *next = Some(found);
    found
}
