// level: safe

use std::cmp;
use std::sync::Mutex;

pub(crate) struct Extremes {
    slowest: Mutex<u64>,
    largest: Mutex<usize>,
    smallest: Mutex<usize>,
    deepest: Mutex<i32>,
}

impl Extremes {
    pub(crate) fn record(&self, micros: u64, bytes: usize, depth: i32) {
        let mut slowest = self.slowest.lock().unwrap();
        if micros > *slowest {
            *slowest = micros;
        }
        drop(slowest);
        {
            let mut largest = self.largest.lock().unwrap();
            *largest = (*largest).max(bytes);
        }
        {
            let mut smallest = self.smallest.lock().unwrap();
            *smallest = cmp::min(*smallest, bytes);
        }
        if let Ok(mut deepest) = self.deepest.lock() {
            if *deepest <= depth {
                *deepest = depth;
            }
        }
    }

    pub(crate) fn slowest(&self) -> u64 {
        *self.slowest.lock().unwrap()
    }

    /// The mark before it was raised.
    pub(crate) fn raise(&self, bytes: usize) -> usize {
        let mut largest = self.largest.lock().unwrap();
        let before = *largest;
        *largest = before.max(bytes);
        before
    }
}
