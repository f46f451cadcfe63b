// reason: is used together with this value, as in
// A number that is only read out, beside a flag without an order: who sees the flag sees the number.
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Mutex;

struct Written {
    slots: Mutex<u64>,
    ready: AtomicBool,
}

impl Written {
    fn write(&self) {
        *self.slots.lock().unwrap() += 1;
        self.ready.store(true, Ordering::Relaxed);
    }

    fn show(&self) {
        if self.ready.load(Ordering::Relaxed) {
            println!("{}", *self.slots.lock().unwrap());
        }
    }
}

fn main() {
    let written = Written { slots: Mutex::new(0), ready: AtomicBool::new(false) };
    written.write();
    written.show();
}
