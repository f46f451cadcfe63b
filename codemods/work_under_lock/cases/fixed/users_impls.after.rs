// level: review
use std::fmt;
use std::sync::Mutex;

pub struct Unit(u8);

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}u", self.0)
    }
}

impl Clone for Unit {
    fn clone(&self) -> Self {
        Unit(self.0)
    }
}

pub fn names(all: &Mutex<Vec<Vec<String>>>, units: &[Unit]) {
    for _ in 0..3 {
        let item = units.iter().map(ToString::to_string).collect();
        all.lock().unwrap().push(item);
    }
}

pub fn copies(all: &Mutex<Vec<Vec<Unit>>>, units: &Vec<Unit>) {
    for _ in 0..3 {
        let units = units.clone();
        all.lock().unwrap().push(units);
    }
}
