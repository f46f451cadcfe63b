// level: review

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Mutex;

pub(crate) struct Asked {
    count: AtomicU64,
}

pub(crate) struct Answered {
    count: u64,
}

macro_rules! count {
    ($it:expr) => {
        $it.lock().unwrap().count += 1
    };
}

pub(crate) fn ask(asked: &Asked) {
    asked.count.fetch_add(1, Ordering::Relaxed);
}

pub(crate) fn answer(answered: &Mutex<Answered>) {
    count!(answered);
}
