// level: review

use std::sync::atomic::{AtomicU64, Ordering};

pub(crate) struct Seen {
    hits: AtomicU64,
    misses: AtomicU64,
}

pub(crate) fn count(seen: &Seen, hit: bool) {
    if hit {
        seen.hits.fetch_add(1, Ordering::Relaxed);
    } else {
        seen.misses.fetch_add(1, Ordering::Relaxed);
    }
}

pub(crate) fn show(seen: &Seen, hits: &str, misses: &str, value: u8) -> String {
    let hits_now = seen.hits.load(Ordering::Relaxed);
    let misses_now = seen.misses.load(Ordering::Relaxed);
    let sum = hits_now + misses_now;
    format!("{hits} {}, {misses} {} of {sum} ({value})", hits_now, misses_now)
}
