// level: review

use std::sync::Mutex;

pub(crate) struct Seen {
    hits: u64,
    misses: u64,
}

pub(crate) fn count(seen: &Mutex<Seen>, hit: bool) {
    if hit {
        seen.lock().unwrap().hits += 1;
    } else {
        seen.lock().unwrap().misses += 1;
    }
}

pub(crate) fn show(seen: &Mutex<Seen>, hits: &str, misses: &str, value: u8) -> String {
    let seen = seen.lock().unwrap();
    let sum = seen.hits + seen.misses;
    format!("{hits} {}, {misses} {} of {sum} ({value})", seen.hits, seen.misses)
}
