// level: safe

//! Ways of a lock on which its type is told all along: generics that only pass it on, collections,
//! traits of other types.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::Arc;
use std::thread;

pub(crate) trait Rinse {
    fn rinse(&self) -> u64;
}

pub(crate) struct Filter;

impl Rinse for Filter {
    fn rinse(&self) -> u64 {
        1
    }
}

fn keep<T: Send + Clone + 'static>(value: T) -> (T, T) {
    (value.clone(), value)
}

fn together<A, B>(one: A, other: B) -> Pair<A, B> {
    Pair { one, other }
}

pub(crate) struct Pair<A, B> {
    one: A,
    other: B,
}

impl<A, B> Pair<A, B> {
    fn one(&self) -> &A {
        &self.one
    }
}

#[derive(Default)]
pub(crate) struct Taps {
    drops: Arc<AtomicU64>,
    by_name: HashMap<String, Arc<AtomicU32>>,
}

impl Taps {
    pub(crate) fn open(&mut self, name: &str) {
        let (drops, _) = keep(self.drops.clone());
        thread::spawn(move || {
            drops.fetch_add(1, Ordering::Relaxed);
        });
        let mut all: Vec<_> = vec![Arc::clone(&self.drops)];
        all.push(self.drops.clone());
        for drops in &all {
            drops.fetch_add(1, Ordering::Relaxed);
        }
        let count = Arc::new(AtomicU32::new(0));
        self.by_name.insert(name.to_owned(), Arc::clone(&count));
        count.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn same(&self, other: &Taps) -> bool {
        Arc::ptr_eq(&self.drops, &other.drops) && Arc::strong_count(&self.drops) > 1
    }

    pub(crate) fn pair(&self) -> u64 {
        let pair = together(Arc::clone(&self.drops), Filter);
        let rinsed = pair.other.rinse();
        pair.one().fetch_add(rinsed, Ordering::Relaxed);
        let seen = pair.one.load(Ordering::Relaxed);
        seen
    }
}
