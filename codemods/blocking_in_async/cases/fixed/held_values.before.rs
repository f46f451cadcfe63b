// level: review
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use tokio::sync::Semaphore;

static IN_FLIGHT: AtomicUsize = AtomicUsize::new(0);

pub struct InFlight;

impl InFlight {
    pub fn new() -> Self {
        IN_FLIGHT.fetch_add(1, SeqCst);
        InFlight
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        IN_FLIGHT.fetch_sub(1, SeqCst);
    }
}

pub struct Slot(Arc<Mutex<Vec<u8>>>, u8);

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.lock().unwrap().push(self.1);
    }
}

pub async fn counted(path: &Path) -> usize {
    let _one = InFlight::new();
    std::fs::read(path).map_or(0, |bytes| bytes.len())
}

pub async fn permitted(limit: &Semaphore, path: &Path) -> usize {
    let Ok(_permit) = limit.try_acquire() else {
        return 0;
    };
    std::fs::read(path).map_or(0, |bytes| bytes.len())
}

pub async fn lent(slots: &Arc<Mutex<Vec<u8>>>, path: &Path) -> usize {
    let Some(slot) = slots.lock().unwrap().pop().map(|n| Slot(slots.clone(), n)) else {
        return 0;
    };
    let size = std::fs::read(path).map_or(0, |bytes| bytes.len());
    size + usize::from(slot.1)
}
