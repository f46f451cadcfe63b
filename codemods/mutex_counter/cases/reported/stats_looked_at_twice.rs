// reason: `hits` is looked at twice in one critical section, which may differ then

use std::sync::Mutex;

pub(crate) struct Rate {
    hits: u64,
    misses: u64,
}

impl Rate {
    fn hit(&mut self) {
        self.hits += 1;
    }

    fn total(&self) -> u64 {
        self.hits + self.misses
    }
}

pub(crate) static RATE: Mutex<Rate> = Mutex::new(Rate { hits: 0, misses: 0 });

pub(crate) fn hit() {
    RATE.lock().unwrap().hit();
}

pub(crate) fn percent() -> u64 {
    let rate = RATE.lock().unwrap();
    if rate.total() == 0 {
        return 0;
    }
    100 * rate.hits / rate.total()
}
