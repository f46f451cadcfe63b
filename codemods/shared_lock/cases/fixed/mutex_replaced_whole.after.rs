// level: review
use std::sync::{Arc, RwLock};

#[derive(Debug, PartialEq)]
struct Table {
    rows: Vec<(u32, u32)>,
    version: u64,
}

struct Rates {
    table: RwLock<Arc<Table>>,
}

impl Rates {
    fn new() -> Self {
        let table = Table { rows: Vec::new(), version: 0 };
        Rates { table: RwLock::new(Arc::new(table)) }
    }

    fn rate(&self, id: u32) -> Option<u32> {
        let table = Arc::clone(&self.table.read().unwrap());
        table.rows.iter().find(|row| row.0 == id).map(|row| row.1)
    }

    fn best(&self) -> Option<u32> {
        let table = Arc::clone(&self.table.read().unwrap());
        let best = table.rows.iter().map(|row| row.1).max();
        best.filter(|rate| *rate > 0)
    }

    fn is_new(&self, other: &Table) -> bool {
        **self.table.read().unwrap() != *other && self.table.read().unwrap().version < other.version
    }

    fn replace(&self, table: Table) -> bool {
        let mut current = self.table.write().unwrap();
        if current.version >= table.version {
            return false;
        }
        *current = Arc::new(table);
        true
    }

    fn swap(&self, table: Table) {
        let old = std::mem::replace(&mut *self.table.write().unwrap(), Arc::new(table));
        drop(old);
    }
}
