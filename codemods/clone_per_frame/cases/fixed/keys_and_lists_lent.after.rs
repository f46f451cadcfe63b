// level: safe
//! Texts as keys that are only looked for, and lists for parameters that take a slice of anything.

use std::collections::{BTreeMap, HashSet};

fn longest<T>(list: &[T], size: impl Fn(&T) -> usize) -> usize {
    list.iter().map(size).max().unwrap_or(0)
}

pub struct Sink<T> {
    list: Vec<T>,
}

impl<T: Clone> Sink<T> {
    fn take(&mut self, list: &[T]) {
        self.list.extend_from_slice(list);
    }
}

pub async fn looked_for(names: &mut HashSet<String>, sizes: &BTreeMap<String, usize>) -> usize {
    names.remove("gone");
    let known = names.contains("known");
    sizes.get(r"a\b").copied().unwrap_or(0) + usize::from(known)
}

pub async fn slices(list: &[&str], sink: &mut Sink<u64>, numbers: &[u64]) -> usize {
    sink.take(numbers);
    longest(list, |text| text.len())
}
