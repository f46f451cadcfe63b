// level: review
use std::collections::BTreeMap;
use std::sync::RwLock;

struct Caches {
    names: RwLock<BTreeMap<u32, String>>,
    paths: RwLock<Vec<String>>,
    last: RwLock<Option<String>>,
}

impl Caches {
    const fn empty() -> Self {
        Self {
            names: RwLock::new(BTreeMap::new()),
            paths: RwLock::new(Vec::new()),
            last: RwLock::new(None),
        }
    }
}

static CACHES: Caches = Caches::empty();

fn name(id: u32) -> Option<String> {
    CACHES.names.read().unwrap().get(&id).cloned()
}

fn set_name(id: u32, name: &str) {
    CACHES.names.write().unwrap().insert(id, name.to_string());
}

fn path(at: usize) -> String {
    let caches = CACHES.paths.read().unwrap();
    caches[at].clone()
}

fn set_paths(paths: Vec<String>) {
    *CACHES.paths.write().unwrap() = paths;
}

fn is_last(text: &str) -> bool {
    match &*CACHES.last.read().unwrap() {
        Some(last) => last == text,
        None => false,
    }
}

fn take_last() -> Option<String> {
    let mut caches = CACHES.last.write().unwrap();
    std::mem::take(&mut *caches)
}
