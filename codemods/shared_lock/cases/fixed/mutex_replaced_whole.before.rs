// level: review
use std::sync::Mutex;

#[derive(Debug, PartialEq)]
struct Table {
    rows: Vec<(u32, u32)>,
    version: u64,
}

struct Rates {
    table: Mutex<Table>,
}

impl Rates {
    fn new() -> Self {
        let table = Table { rows: Vec::new(), version: 0 };
        Rates { table: Mutex::new(table) }
    }

    fn rate(&self, id: u32) -> Option<u32> {
        self.table.lock().unwrap().rows.iter().find(|row| row.0 == id).map(|row| row.1)
    }

    fn best(&self) -> Option<u32> {
        let best = self.table.lock().unwrap().rows.iter().map(|row| row.1).max();
        best.filter(|rate| *rate > 0)
    }

    fn is_new(&self, other: &Table) -> bool {
        *self.table.lock().unwrap() != *other && self.table.lock().unwrap().version < other.version
    }

    fn replace(&self, table: Table) -> bool {
        let mut current = self.table.lock().unwrap();
        if current.version >= table.version {
            return false;
        }
        *current = table;
        true
    }

    fn swap(&self, table: Table) {
        let old = std::mem::replace(&mut *self.table.lock().unwrap(), table);
        drop(old);
    }
}
