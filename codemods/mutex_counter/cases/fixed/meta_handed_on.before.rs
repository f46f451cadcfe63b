// level: review
//! One lock around a struct of counters, reached through everything but a field.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, RwLock};

#[derive(Debug, Default)]
pub(crate) struct Meta {
    counter: u64,
    failed: u32,
}

type Shared = Arc<Mutex<Meta>>;

pub(crate) fn new_meta() -> Shared {
    Arc::new(Mutex::new(Meta {
        counter: 0,
        failed: 0,
    }))
}

pub(crate) fn again() -> Arc<Mutex<Meta>> {
    Default::default()
}

pub(crate) mod count {
    use super::Meta;
    use std::sync::Mutex;

    pub(crate) fn one(meta: &Mutex<Meta>) {
        meta.lock().unwrap().counter += 1;
    }

    pub(crate) trait Counts {
        fn count(&self, meta: &std::sync::Arc<Mutex<Meta>>) -> u64;
    }
}

mod fail {
    use std::sync::Arc;

    pub(super) fn one(meta: &Arc<std::sync::Mutex<super::Meta>>) -> u32 {
        let mut meta = meta.lock().expect("poisoned");
        meta.failed += 1;
        meta.failed
    }
}

struct Loud;

impl count::Counts for Loud {
    fn count(&self, meta: &Shared) -> u64 {
        println!("{}", meta.lock().unwrap().counter);
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
        m.lock().unwrap().counter += 1;
    });
    let other = Arc::clone(&meta);
    tokio::spawn(async move {
        other.lock().unwrap().failed += 2;
    });
    count::one(&meta);
    fail::one(&meta);
    count::Counts::count(&Loud, &meta);
    let all: Vec<Arc<Mutex<Meta>>> = vec![meta, again()];
    let named: HashMap<&str, Shared> = HashMap::from([("a", all[0].clone())]);
    for meta in &all {
        meta.lock().unwrap().counter += 1;
    }
    if let Some(meta) = named.get("a") {
        meta.lock().unwrap().failed += 1;
    }
    println!("{}", all[0].lock().unwrap().failed);
}

/// Nobody here makes one.
pub(crate) struct Load {
    active: i64,
}

pub(crate) fn enter(load: &RwLock<Load>) {
    load.write().unwrap().active += 1;
}

pub(crate) fn leave(load: &RwLock<Load>) {
    load.write().unwrap().active -= 1;
}
