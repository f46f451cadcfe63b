// reason: which changes behind a shared reference
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

struct Ring {
    slots: Vec<u32>,
    next: Arc<AtomicUsize>,
}

struct Shared {
    ring: Mutex<Ring>,
}

impl Shared {
    fn turn(&self) -> u32 {
        let ring = self.ring.lock().unwrap();
        let at = ring.next.load(Ordering::Relaxed);
        ring.next.store(at + 1, Ordering::Relaxed);
        ring.slots.iter().skip(at).sum()
    }

    fn most(&self) -> Option<u32> {
        self.ring.lock().unwrap().slots.iter().copied().max()
    }

    fn push(&self, slot: u32) {
        self.ring.lock().unwrap().slots.push(slot);
    }
}
