// reason: it is not `Sync`
use std::cell::Cell;
use std::sync::Mutex;

pub struct Counter {
    seen: Cell<u32>,
}

static COUNTER: Mutex<Option<Counter>> = Mutex::new(None);

pub fn seen() -> u32 {
    let mut counter = COUNTER.lock().unwrap();
    if counter.is_none() {
        *counter = Some(Counter { seen: Cell::new(0) });
    }
    let counter = counter.as_ref().unwrap();
    counter.seen.set(counter.seen.get() + 1);
    counter.seen.get()
}
