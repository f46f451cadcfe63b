// level: safe
use std::sync::{Arc, OnceLock};

pub struct Session {
    key: OnceLock<Arc<str>>,
}

impl Session {
    pub fn new() -> Self {
        Session { key: OnceLock::new() }
    }

    pub fn start(&self, name: &str) {
        self.key.get_or_init(|| {
            let text = format!("{name}-key");
            // kept for good
            Arc::from(text)
        });
    }

    pub fn is_started(&self) -> bool {
        self.key.get().is_some()
    }

    pub fn key(&self) -> Option<Arc<str>> {
        self.key.get().cloned()
    }

    pub fn length(&self) -> usize {
        let key = self.key.get();
        match key {
            Some(key) => key.len(),
            None => 0,
        }
    }

    pub fn starts_with(&self, start: &str) -> bool {
        if let Some(key) = self.key.get() {
            key.starts_with(start)
        } else {
            false
        }
    }

    pub fn shown(&self) -> String {
        let key = self.key.get();
        let text = key.map(|v| &**v).unwrap_or("none");
        format!("{text} {:?}", key)
    }
}
