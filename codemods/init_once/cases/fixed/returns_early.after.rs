// level: safe
use std::sync::{Arc, OnceLock};

pub struct Names {
    all: OnceLock<Arc<Vec<String>>>,
    rows: Vec<u32>,
}

impl Names {
    pub fn new(rows: Vec<u32>) -> Names {
        Names { all: OnceLock::default(), rows }
    }

    pub fn all(&self) -> Arc<Vec<String>> {
        self.all.get_or_init(|| {
            let names: Vec<String> = self.rows.iter().map(|row| row.to_string()).collect();
            Arc::new(names)
        }).clone()
    }
}
