// edition: 2018
// reason: may lead to one whose type is not told, and it may be this one

use std::sync::Mutex;

/// Of a mapped file: what lies behind the lock is found by the lock's size.
#[repr(C)]
pub(crate) struct Head {
    writers: Mutex<i64>,
    length: u64,
}

const LENGTH_AT: usize = std::mem::size_of::<Mutex<i64>>();

impl Head {
    pub(crate) fn write(&self) {
        *self.writers.lock().unwrap() += 1;
    }
}

/// # Safety
/// A head lies at `at`.
pub(crate) unsafe fn length(at: *const u8) -> u64 {
    // SAFETY: as of the caller.
    unsafe { *at.wrapping_add(LENGTH_AT).cast::<u64>() }
}
