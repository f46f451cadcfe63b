// level: safe
use std::sync::Mutex;

pub trait Named {
    fn name(&self) -> String;
}

pub struct Row {
    id: u32,
    name: Mutex<Option<String>>,
}

impl Row {
    pub fn new(id: u32) -> Self {
        Row { id, name: Mutex::default() }
    }
}

impl Named for Row {
    fn name(&self) -> String {
        let mut name = self
            .name
            .lock()
            .unwrap();
        if name.is_none() {
            *name = Some(format!("row {}", self.id));
        }
        name.clone().unwrap()
    }
}

impl Drop for Row {
    fn drop(&mut self) {
        let known = self.name.lock().unwrap();
        assert!(known.as_ref().is_none_or(|name| name.starts_with("row")));
    }
}
