// level: safe
use std::sync::{Arc, Mutex};

type Slot = Arc<Mutex<Option<String>>>;

fn slot() -> Slot {
    Arc::new(Mutex::new(None))
}

fn filled(slot: &Slot, id: u32) -> usize {
    let mut text = slot.lock().unwrap_or_else(|e| e.into_inner());
    if text.is_none() {
        *text = Some(format!("task {id}"));
    }
    text.as_ref().unwrap().len()
}

struct Worker {
    slot: Slot,
}

impl Worker {
    fn run(&self) -> usize {
        let slot = Arc::clone(&self.slot);
        let handle = std::thread::spawn(move || filled(&slot, 1));
        handle.join().unwrap_or(0)
    }
}

pub fn start() -> usize {
    let slot = slot();
    let worker = Worker { slot: slot.clone() };
    worker.run() + filled(&slot, 2)
}
