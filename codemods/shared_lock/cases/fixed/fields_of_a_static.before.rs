// level: review
use std::collections::BTreeMap;
use std::sync::RwLock;

struct Caches {
    names: BTreeMap<u32, String>,
    paths: Vec<String>,
    last: Option<String>,
}

impl Caches {
    const fn empty() -> Self {
        Self {
            names: BTreeMap::new(),
            paths: Vec::new(),
            last: None,
        }
    }
}

static CACHES: RwLock<Caches> = RwLock::new(Caches::empty());

fn name(id: u32) -> Option<String> {
    CACHES.read().unwrap().names.get(&id).cloned()
}

fn set_name(id: u32, name: &str) {
    CACHES.write().unwrap().names.insert(id, name.to_string());
}

fn path(at: usize) -> String {
    let caches = CACHES.read().unwrap();
    caches.paths[at].clone()
}

fn set_paths(paths: Vec<String>) {
    CACHES.write().unwrap().paths = paths;
}

fn is_last(text: &str) -> bool {
    match &CACHES.read().unwrap().last {
        Some(last) => last == text,
        None => false,
    }
}

fn take_last() -> Option<String> {
    let mut caches = CACHES.write().unwrap();
    std::mem::take(&mut caches.last)
}
