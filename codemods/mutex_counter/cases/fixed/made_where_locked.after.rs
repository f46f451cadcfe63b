//! Locks that are made where they are taken.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI32, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

static SEEN: OnceLock<AtomicU64> = OnceLock::new();
static LAST: once_cell::sync::OnceCell<AtomicU32> = once_cell::sync::OnceCell::new();
static NAMED: OnceLock<AtomicI32> = OnceLock::new();

pub(crate) fn see() {
    SEEN.get_or_init(|| AtomicU64::new(0))
        .fetch_add(1, Ordering::Relaxed);
}

pub(crate) fn seen() -> u64 {
    SEEN.get_or_init(|| AtomicU64::new(0))
        .load(Ordering::Relaxed)
}

pub(crate) fn skip() {
    SEEN.get_or_init(|| AtomicU64::new(0))
        .fetch_add(2, Ordering::Relaxed);
}

pub(crate) fn last(now: u32) {
    LAST.get_or_init(Default::default)
        .store(now, Ordering::SeqCst);
    println!(
        "{}",
        LAST.get_or_init(|| AtomicU32::new(7))
            .load(Ordering::SeqCst)
    );
}

fn named() -> &'static AtomicI32 {
    NAMED.get_or_init(|| AtomicI32::new(-1))
}

pub(crate) fn name() -> i32 {
    named().fetch_add(1, Ordering::Relaxed);
    named().load(Ordering::Relaxed)
}

#[derive(Default)]
pub(crate) struct Routes {
    hits: HashMap<String, AtomicU64>,
    shared: Mutex<HashMap<u16, Arc<AtomicU32>>>,
}

impl Routes {
    pub(crate) fn hit(&mut self, route: &str) {
        self.hits
            .entry(route.to_owned())
            .or_insert_with(|| AtomicU64::new(0))
            .fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn share(&self, port: u16) {
        let mut shared = self.shared.lock().unwrap();
        let port = shared.entry(port).or_insert(Arc::new(AtomicU32::new(0)));
        port.fetch_add(1, Ordering::Relaxed);
    }
}
