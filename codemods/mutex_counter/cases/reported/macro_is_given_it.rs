// reason: the macro `bump_it!` is given it, and may lock it in code that is not seen

use std::sync::Mutex;

static BUMPS: Mutex<u32> = Mutex::new(0);

macro_rules! bump_it {
    ($lock:ident) => {
        *$lock.lock().unwrap() += 1
    };
}

pub(crate) fn bumps() -> u32 {
    *BUMPS.lock().unwrap() += 1;
    *BUMPS.lock().unwrap()
}

#[cfg(target_os = "none")]
pub(crate) fn bump() {
    bump_it!(BUMPS);
}
