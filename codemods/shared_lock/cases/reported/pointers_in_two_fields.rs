// reason: two fields may point to the same, which one lock guards
use std::sync::Mutex;

struct Place(*mut u64);

unsafe impl Send for Place {}

struct Ends {
    first: Place,
    second: Place,
}

pub struct Pair {
    ends: Mutex<Ends>,
}

impl Pair {
    pub fn new(shared: &'static mut u64) -> Pair {
        let place: *mut u64 = shared;
        let ends = Ends { first: Place(place), second: Place(place) };
        Pair { ends: Mutex::new(ends) }
    }

    pub fn count(&self) {
        let mut ends = self.ends.lock().unwrap();
        unsafe { *ends.first.0 += 1 };
    }

    pub fn count_too(&self) {
        let mut ends = self.ends.lock().unwrap();
        unsafe { *ends.second.0 += 1 };
    }
}
