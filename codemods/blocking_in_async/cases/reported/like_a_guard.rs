// reason: `lock.take()` is like a guard
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

pub struct Spin(AtomicBool);

pub struct Held<'a>(&'a Spin);

impl Spin {
    pub fn take(&self) -> Held<'_> {
        while self.0.swap(true, SeqCst) {
            std::hint::spin_loop();
        }
        Held(self)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.0.store(false, SeqCst);
    }
}

pub async fn read(lock: &Spin, path: &Path) -> usize {
    let _held = lock.take();
    std::fs::read(path).map_or(0, |bytes| bytes.len())
}
