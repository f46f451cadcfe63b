// level: safe
use parking_lot::Mutex;
use std::collections::HashMap;

pub struct Sessions {
    open: Mutex<HashMap<String, Vec<String>>>,
}

impl Sessions {
    pub async fn put(&self, name: &str, parts: &[String]) {
        let name = name.to_string();
        let parts = parts.to_vec();
        let old = self.open.lock().insert(name, parts);
        drop(old);
    }

    pub async fn end(&self, name: &str) {
        let removed = self.open.lock().remove(name);
        drop(removed);
    }

    pub async fn end_quietly(&self, name: &str) {
        let removed = self.open.lock().remove(name);
        drop(removed);
    }

    pub async fn end_all(&self) {
        let old = std::mem::take(&mut *self.open.lock());
        drop(old);
    }
}
