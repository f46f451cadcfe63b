// reason: `Mutex` is another type under `cfg`

mod sync {
    mod imp {
        #[cfg(target_os = "none")]
        pub(crate) use parking_lot::Mutex;
        #[cfg(not(target_os = "none"))]
        pub(crate) use std::sync::Mutex;
    }

    pub(crate) use self::imp::*;
}

use self::sync::Mutex;

pub(crate) struct Turns {
    turns: Mutex<u32>,
}

#[cfg(not(target_os = "none"))]
impl Turns {
    pub(crate) fn turn(&self) {
        *self.turns.lock().unwrap() += 1;
    }
}
