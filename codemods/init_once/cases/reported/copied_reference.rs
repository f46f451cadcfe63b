// reason: copies a reference to the lock, and would make another cell
use std::sync::Mutex;
use std::thread;

pub struct Slot<'a> {
    slot: &'a Mutex<Option<u64>>,
}

impl Slot<'_> {
    pub fn fill(&self) -> u64 {
        let copy = self.slot.clone();
        thread::scope(|scope| {
            scope.spawn(|| {
                let mut value = copy.lock().unwrap();
                if value.is_none() {
                    *value = Some(5);
                }
            });
        });
        self.slot.lock().unwrap().unwrap_or(0)
    }
}
