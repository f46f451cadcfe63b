// level: safe
//! Locals whose lock is made of what only rustc knows to be a number; and aliases that come by a glob.

use std::sync::{Arc, Mutex};
use std::thread;

const FIRST: u64 = 100;

pub(crate) struct Options {
    pub(crate) start: u32,
    pub(crate) name: String,
}

pub(crate) fn count(start: u64, options: &Options, names: &[String]) -> u64 {
    let seen = Arc::new(Mutex::new(start));
    let from_const = Mutex::new(FIRST);
    let from_field = Mutex::new(options.start);
    let from_call = Mutex::new(names.len() + 1);
    let name = Mutex::new(options.name.clone());
    let other = Arc::clone(&seen);
    thread::scope(|scope| {
        scope.spawn(|| *other.lock().unwrap() += 1);
        scope.spawn(|| *from_const.lock().unwrap() += 1);
        scope.spawn(|| *from_field.lock().unwrap() += 1);
        scope.spawn(|| *from_call.lock().unwrap() += 1);
        scope.spawn(|| name.lock().unwrap().push('a'));
    });
    println!("{}", name.lock().unwrap());
    println!("{}", from_const.lock().unwrap());
    println!("{}", from_field.lock().unwrap());
    println!("{}", from_call.lock().unwrap());
    let seen = *seen.lock().unwrap();
    seen
}

pub(crate) mod sync {
    use std::sync::Mutex;

    pub(crate) type Counter = Mutex<u64>;
}

pub(crate) mod hits {
    use super::sync::*;

    #[derive(Default)]
    pub(crate) struct Hits {
        count: Counter,
    }

    impl Hits {
        pub(crate) fn hit(&self) {
            *self.count.lock().unwrap() += 1;
        }

        pub(crate) fn shown(&self) -> String {
            format!("{} hits", self.count.lock().unwrap())
        }
    }
}
