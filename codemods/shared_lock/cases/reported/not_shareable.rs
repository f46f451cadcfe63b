// reason: is not `Sync`
use std::cell::Cell;
use std::sync::Mutex;

struct Rows {
    rows: Vec<u32>,
    looks: Cell<u32>,
}

struct Table {
    rows: Mutex<Rows>,
}

impl Table {
    fn sum(&self) -> u32 {
        let rows = self.rows.lock().unwrap();
        rows.looks.set(rows.looks.get() + 1);
        rows.rows.iter().sum()
    }

    fn most(&self) -> Option<u32> {
        self.rows.lock().unwrap().rows.iter().copied().max()
    }

    fn push(&self, row: u32) {
        self.rows.lock().unwrap().rows.push(row);
    }
}
