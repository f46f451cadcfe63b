// level: safe
// prefer: std
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

#[derive(Default)]
struct Table {
    rows: HashMap<u64, Row>,
    changes: u64,
}

struct Row {
    name: String,
    seen: u32,
}

impl Table {
    fn see(&mut self, id: u64, name: &str) -> u32 {
        self.changes += 1;
        let row = self.rows.entry(id).or_insert_with(|| Row::new(name));
        row.seen += 1;
        row.seen
    }
}

impl Row {
    fn new(name: &str) -> Self {
        Row { name: name.to_string(), seen: 0 }
    }
}

#[derive(Default)]
struct Store {
    table: Mutex<Table>,
}

impl Store {
    async fn see(&self, id: u64, name: &str) -> u32 {
        self.table.lock().unwrap_or_else(PoisonError::into_inner).see(id, name)
    }

    async fn changes(&self) -> u64 {
        let table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        table.changes
    }
}
