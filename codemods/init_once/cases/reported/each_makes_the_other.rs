// reason: making the value locks it again
use std::sync::Mutex;

static LEFT: Mutex<Option<u32>> = Mutex::new(None);
static RIGHT: Mutex<Option<u32>> = Mutex::new(None);

pub fn left(deep: u32) -> u32 {
    *LEFT.lock().unwrap().get_or_insert_with(|| right(deep) + 1)
}

pub fn right(deep: u32) -> u32 {
    *RIGHT.lock().unwrap().get_or_insert_with(|| if deep > 9 { left(deep) } else { 3 })
}
