// reason: the guard is given away or kept
use std::sync::{Condvar, Mutex};

pub struct Ready {
    name: Mutex<Option<String>>,
    changed: Condvar,
}

impl Ready {
    pub fn new() -> Ready {
        Ready { name: Mutex::new(None), changed: Condvar::new() }
    }

    pub fn fill(&self, name: &str) {
        let mut slot = self.name.lock().unwrap();
        if slot.is_none() {
            *slot = Some(name.to_string());
        }
        drop(slot);
        self.changed.notify_all();
    }

    pub fn wait(&self) -> String {
        let slot = self.name.lock().unwrap();
        let slot = self.changed.wait_while(slot, |name| name.is_none()).unwrap();
        slot.clone().unwrap_or_default()
    }
}
