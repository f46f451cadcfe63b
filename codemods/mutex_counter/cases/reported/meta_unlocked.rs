// reason: `Meta` is used there without the lock

use std::sync::{Arc, Mutex};

#[derive(Default)]
struct Meta {
    hits: u64,
}

fn count(meta: &Arc<Mutex<Meta>>) {
    meta.lock().unwrap().hits += 1;
}

pub(crate) fn run() -> u64 {
    count(&Arc::default());
    let alone = Meta { hits: 1 };
    alone.hits
}
