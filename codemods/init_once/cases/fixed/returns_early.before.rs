// level: safe
use std::sync::{Arc, Mutex};

pub struct Names {
    all: Mutex<Option<Arc<Vec<String>>>>,
    rows: Vec<u32>,
}

impl Names {
    pub fn new(rows: Vec<u32>) -> Names {
        Names { all: Mutex::default(), rows }
    }

    pub fn all(&self) -> Arc<Vec<String>> {
        let mut all = self.all.lock().unwrap();
        if let Some(names) = &*all {
            return names.clone();
        }
        let names: Vec<String> = self.rows.iter().map(|row| row.to_string()).collect();
        let names = Arc::new(names);
        *all = Some(names.clone());
        names
    }
}
