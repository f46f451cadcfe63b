// reason: the macro `bump` may lock it, wherever it is expanded

use std::sync::Mutex;

pub(crate) struct Meta {
    bumped: u64,
}

#[allow(unused_macros)]
macro_rules! bump {
    ($meta:expr) => {
        $meta.lock().unwrap().bumped += 1
    };
}

pub(crate) fn hit(meta: &Mutex<Meta>) {
    meta.lock().unwrap().bumped += 1;
}

#[cfg(windows)]
pub(crate) fn hit_twice(meta: &Mutex<Meta>) {
    bump!(meta);
    bump!(meta);
}
