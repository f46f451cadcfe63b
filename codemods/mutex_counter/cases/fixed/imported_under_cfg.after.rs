//! One `use` for each configuration, of the same item: nothing in any of them needs it any more.

use std::sync::atomic::{AtomicU32, Ordering};

static SERVED: AtomicU32 = AtomicU32::new(0);

pub fn served() -> u32 {
    SERVED.fetch_add(1, Ordering::SeqCst);
    SERVED.load(Ordering::SeqCst)
}
