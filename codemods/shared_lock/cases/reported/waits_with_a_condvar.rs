// reason: the guard is given away: `self.filled.wait(rows)`
use std::sync::{Condvar, Mutex};

struct Table {
    rows: Mutex<Vec<u32>>,
    filled: Condvar,
}

impl Table {
    fn sum(&self) -> u32 {
        self.rows.lock().unwrap().iter().sum()
    }

    fn most(&self) -> Option<u32> {
        self.rows.lock().unwrap().iter().copied().max()
    }

    fn first(&self) -> u32 {
        let mut rows = self.rows.lock().unwrap();
        while rows.is_empty() {
            rows = self.filled.wait(rows).unwrap();
        }
        rows[0]
    }

    fn push(&self, row: u32) {
        self.rows.lock().unwrap().push(row);
        self.filled.notify_one();
    }
}
