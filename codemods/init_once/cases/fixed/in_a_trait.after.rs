// level: safe
use std::sync::OnceLock;

pub trait Named {
    fn name(&self) -> String;
}

pub struct Row {
    id: u32,
    name: OnceLock<String>,
}

impl Row {
    pub fn new(id: u32) -> Self {
        Row { id, name: OnceLock::default() }
    }
}

impl Named for Row {
    fn name(&self) -> String {
        let name = self.name.get_or_init(|| format!("row {}", self.id));
        name.clone()
    }
}

impl Drop for Row {
    fn drop(&mut self) {
        let known = self.name.get();
        assert!(known.is_none_or(|name| name.starts_with("row")));
    }
}
