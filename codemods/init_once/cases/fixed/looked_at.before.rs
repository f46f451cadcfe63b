// level: safe
use std::sync::{Arc, Mutex};

pub struct Session {
    key: Mutex<Option<Arc<str>>>,
}

impl Session {
    pub fn new() -> Self {
        Session { key: Mutex::new(None) }
    }

    pub fn start(&self, name: &str) {
        let mut key = self.key.lock().unwrap();
        if key.is_none() {
            let text = format!("{name}-key");
            // kept for good
            *key = Some(Arc::from(text));
        }
    }

    pub fn is_started(&self) -> bool {
        self.key.lock().unwrap().is_some()
    }

    pub fn key(&self) -> Option<Arc<str>> {
        self.key.lock().unwrap().clone()
    }

    pub fn length(&self) -> usize {
        let key = self.key.lock().unwrap();
        match &*key {
            Some(key) => key.len(),
            None => 0,
        }
    }

    pub fn starts_with(&self, start: &str) -> bool {
        if let Some(key) = self.key.lock().unwrap().as_ref() {
            key.starts_with(start)
        } else {
            false
        }
    }

    pub fn shown(&self) -> String {
        let key = self.key.lock().unwrap();
        let text = key.as_deref().unwrap_or("none");
        format!("{text} {:?}", key)
    }
}
