// level: safe
use std::sync::{Arc, Mutex};

/// What a closure is given has the type of its bound.
fn with<F: Fn(&Arc<Mutex<u32>>)>(count: &Arc<Mutex<u32>>, act: F) {
    act(count)
}

fn read_by(count: &Arc<Mutex<u64>>, read: impl Fn(&Arc<Mutex<u64>>) -> u64) -> u64 {
    read(count)
}

pub(crate) fn counted() -> u32 {
    let count = Arc::new(Mutex::new(0u32));
    with(&count, |c| *c.lock().unwrap() += 1);
    let now = *count.lock().unwrap();
    now
}

pub(crate) fn shown() {
    let count = Arc::new(Mutex::new(0u64));
    *count.lock().unwrap() += 1;
    println!("{}", read_by(&count, |c| *c.lock().unwrap()));
}
