// reason: `drained(..)` takes any type with `Drain`, which may lock it, or do something else for an atomic

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::Mutex;

pub(crate) trait Drain {
    fn drain(&self) -> u64;
}

/// For locks of any number.
impl<T: Copy + Default + Into<u64>> Drain for Mutex<T> {
    fn drain(&self) -> u64 {
        std::mem::take(&mut *self.lock().unwrap()).into()
    }
}

impl Drain for AtomicU32 {
    fn drain(&self) -> u64 {
        self.load(Ordering::SeqCst).into()
    }
}

fn drained<T: Drain + ?Sized>(from: &T) -> u64 {
    from.drain()
}

#[derive(Default)]
pub(crate) struct Tank {
    litres: Mutex<u32>,
}

impl Tank {
    pub(crate) fn fill(&self, litres: u32) {
        *self.litres.lock().unwrap() += litres;
    }

    pub(crate) fn empty(&self) -> u64 {
        drained(&self.litres)
    }
}
