// level: safe

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

#[derive(Default)]
pub(crate) struct ByName {
    counts: HashMap<String, Mutex<u64>>,
    plain: BTreeMap<u16, parking_lot::Mutex<u32>>,
}

impl ByName {
    pub(crate) fn add(&mut self, name: &str, by: u64) {
        *self
            .counts
            .entry(name.to_string())
            .or_insert_with(|| Mutex::new(0))
            .get_mut()
            .unwrap() += by;
    }

    pub(crate) fn add_twice(&mut self, name: &str) {
        self.counts
            .entry(name.to_string())
            .and_modify(|count| *count.get_mut().unwrap() += 2)
            .or_insert_with(|| Mutex::new(2));
    }

    pub(crate) fn seen(&mut self, name: &str) {
        if let Entry::Occupied(entry) = self.counts.entry(name.to_string()) {
            *entry.into_mut().get_mut().unwrap() += 1;
        }
    }

    pub(crate) fn at(&mut self, port: u16) {
        *self
            .plain
            .entry(port)
            .or_insert_with(|| parking_lot::Mutex::new(0))
            .get_mut() += 1;
    }

    pub(crate) fn hit(&self, name: &str, port: u16) {
        if let Some(count) = self.counts.get(name) {
            *count.lock().unwrap() += 1;
        }
        if let Some(count) = self.plain.get(&port) {
            *count.lock() += 1;
        }
    }

    pub(crate) fn taken(&mut self, name: &str) -> u64 {
        self.counts
            .remove(name)
            .unwrap_or_else(|| Mutex::new(0))
            .into_inner()
            .unwrap()
    }
}
