// level: review
//! One lock around a struct of counters, reached through everything but a field.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering};
use std::sync::Arc;

#[derive(Debug, Default)]
pub(crate) struct Meta {
    counter: AtomicU64,
    failed: AtomicU32,
}

type Shared = Arc<Meta>;

pub(crate) fn new_meta() -> Shared {
    Arc::new(Meta {
        counter: AtomicU64::new(0),
        failed: AtomicU32::new(0),
    })
}

pub(crate) fn again() -> Arc<Meta> {
    Default::default()
}

pub(crate) mod count {
    use super::Meta;
    use std::sync::atomic::Ordering;

    pub(crate) fn one(meta: &Meta) {
        meta.counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) trait Counts {
        fn count(&self, meta: &std::sync::Arc<Meta>) -> u64;
    }
}

mod fail {
    use std::sync::atomic::Ordering;
    use std::sync::Arc;

    pub(super) fn one(meta: &Arc<super::Meta>) -> u32 {
        meta.failed.fetch_add(1, Ordering::Relaxed) + 1
    }
}

struct Loud;

impl count::Counts for Loud {
    fn count(&self, meta: &Shared) -> u64 {
        println!("{}", meta.counter.load(Ordering::Relaxed));
        0
    }
}

fn keep<T: Send + 'static>(value: T) -> T {
    value
}

pub(crate) fn run() {
    let meta = keep(new_meta());
    let m = meta.clone();
    std::thread::spawn(move || {
        m.counter.fetch_add(1, Ordering::Relaxed);
    });
    let other = Arc::clone(&meta);
    tokio::spawn(async move {
        other.failed.fetch_add(2, Ordering::Relaxed);
    });
    count::one(&meta);
    fail::one(&meta);
    count::Counts::count(&Loud, &meta);
    let all: Vec<Arc<Meta>> = vec![meta, again()];
    let named: HashMap<&str, Shared> = HashMap::from([("a", all[0].clone())]);
    for meta in &all {
        meta.counter.fetch_add(1, Ordering::Relaxed);
    }
    if let Some(meta) = named.get("a") {
        meta.failed.fetch_add(1, Ordering::Relaxed);
    }
    println!("{}", all[0].failed.load(Ordering::Relaxed));
}

/// Nobody here makes one.
pub(crate) struct Load {
    active: AtomicI64,
}

pub(crate) fn enter(load: &Load) {
    load.active.fetch_add(1, Ordering::Relaxed);
}

pub(crate) fn leave(load: &Load) {
    load.active.fetch_sub(1, Ordering::Relaxed);
}
