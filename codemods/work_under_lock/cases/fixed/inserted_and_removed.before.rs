// level: safe
use parking_lot::Mutex;
use std::collections::HashMap;

pub struct Sessions {
    open: Mutex<HashMap<String, Vec<String>>>,
}

impl Sessions {
    pub async fn put(&self, name: &str, parts: &[String]) {
        self.open.lock().insert(name.to_string(), parts.to_vec());
    }

    pub async fn end(&self, name: &str) {
        self.open.lock().remove(name);
    }

    pub async fn end_quietly(&self, name: &str) {
        let _ = self.open.lock().remove(name);
    }

    pub async fn end_all(&self) {
        drop(std::mem::take(&mut *self.open.lock()));
    }
}
