// level: review
use std::cell::Cell;
use std::path::Path;
use std::rc::Rc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use dashmap::DashMap;

pub async fn atomic(largest: &AtomicUsize, path: &Path) {
    let before = largest.load(SeqCst);
    let size = std::fs::read(path).map_or(0, |bytes| bytes.len());
    largest.store(before.max(size), SeqCst);
}

pub async fn cell(total: Rc<Cell<usize>>, path: &Path) {
    let before = total.get();
    let size = std::fs::read(path).map_or(0, |bytes| bytes.len());
    total.set(before + size);
}

pub async fn map(sizes: &DashMap<u8, usize>, path: &Path) {
    if sizes.contains_key(&1) {
        return;
    }
    let size = std::fs::read(path).map_or(0, |bytes| bytes.len());
    sizes.insert(1, size);
}

pub async fn once(size: &OnceLock<usize>, path: &Path) -> bool {
    if size.get().is_some() {
        return true;
    }
    let found = std::fs::read(path).map_or(0, |bytes| bytes.len());
    size.set(found).is_ok()
}

pub struct Sizes {
    known: DashMap<String, usize>,
}

impl Sizes {
    fn has(&self, name: &str) -> bool {
        self.known.contains_key(name)
    }

    pub async fn fill(&self, name: &str) {
        if self.has(name) {
            return;
        }
        let size = std::fs::read(name).map_or(0, |bytes| bytes.len());
        self.known.insert(name.to_owned(), size);
    }
}
