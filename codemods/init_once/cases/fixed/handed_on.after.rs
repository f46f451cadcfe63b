// level: safe
use std::sync::{Arc, OnceLock};

type Slot = Arc<OnceLock<String>>;

fn slot() -> Slot {
    Arc::new(OnceLock::new())
}

fn filled(slot: &Slot, id: u32) -> usize {
    let text = slot.get_or_init(|| format!("task {id}"));
    text.len()
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
