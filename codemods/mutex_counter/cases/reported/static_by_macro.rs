// reason: the macro `counter!` makes the static `HITS`: write the atomic in the macro's definition

use std::sync::Mutex;

macro_rules! counter {
    ($name:ident) => {
        pub(crate) static $name: Mutex<u64> = Mutex::new(0);
    };
}

counter!(HITS);

pub(crate) fn hit() -> u64 {
    *HITS.lock().unwrap() += 1;
    let hits = HITS.lock().unwrap();
    *hits
}
