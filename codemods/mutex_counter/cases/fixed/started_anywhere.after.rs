// level: safe
//! Locals whose lock is made of what only rustc knows to be a number; and aliases that come by a glob.

use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

const FIRST: u64 = 100;

pub(crate) struct Options {
    pub(crate) start: u32,
    pub(crate) name: String,
}

pub(crate) fn count(start: u64, options: &Options, names: &[String]) -> u64 {
    let seen = Arc::new(AtomicU64::new(start));
    let from_const = AtomicU64::new(FIRST);
    let from_field = AtomicU32::new(options.start);
    let from_call = AtomicUsize::new(names.len() + 1);
    let name = Mutex::new(options.name.clone());
    let other = Arc::clone(&seen);
    thread::scope(|scope| {
        scope.spawn(|| {
            other.fetch_add(1, Ordering::Relaxed);
        });
        scope.spawn(|| {
            from_const.fetch_add(1, Ordering::Relaxed);
        });
        scope.spawn(|| {
            from_field.fetch_add(1, Ordering::Relaxed);
        });
        scope.spawn(|| {
            from_call.fetch_add(1, Ordering::Relaxed);
        });
        scope.spawn(|| name.lock().unwrap().push('a'));
    });
    println!("{}", name.lock().unwrap());
    println!("{}", from_const.load(Ordering::Relaxed));
    println!("{}", from_field.load(Ordering::Relaxed));
    println!("{}", from_call.load(Ordering::Relaxed));
    let seen = seen.load(Ordering::Relaxed);
    seen
}

pub(crate) mod sync {
    use std::sync::atomic::AtomicU64;

    pub(crate) type Counter = AtomicU64;
}

pub(crate) mod hits {
    use super::sync::*;
    use std::sync::atomic::Ordering;

    #[derive(Default)]
    pub(crate) struct Hits {
        count: Counter,
    }

    impl Hits {
        pub(crate) fn hit(&self) {
            self.count.fetch_add(1, Ordering::Relaxed);
        }

        pub(crate) fn shown(&self) -> String {
            format!("{} hits", self.count.load(Ordering::Relaxed))
        }
    }
}
