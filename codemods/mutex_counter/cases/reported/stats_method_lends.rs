// reason: the method `slowest` needs the lock: the value behind the lock is lent as `&mut`

use std::sync::{Arc, Mutex};

#[derive(Default)]
pub(crate) struct Times {
    slowest: u64,
    calls: u64,
}

impl Times {
    fn slowest(&mut self) -> &mut u64 {
        &mut self.slowest
    }
}

pub(crate) fn run(micros: u64) -> Arc<Mutex<Times>> {
    let times = Arc::new(Mutex::new(Times::default()));
    times.lock().unwrap().calls += 1;
    *times.lock().unwrap().slowest() += micros;
    times
}
