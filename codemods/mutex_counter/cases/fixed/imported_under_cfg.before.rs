//! One `use` for each configuration, of the same item: nothing in any of them needs it any more.

#[cfg(not(test))]
use std::sync::Mutex;
#[cfg(test)]
use std::sync::Mutex;

static SERVED: Mutex<u32> = Mutex::new(0);

pub fn served() -> u32 {
    *SERVED.lock().unwrap() += 1;
    *SERVED.lock().unwrap()
}
