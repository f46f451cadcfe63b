// level: safe
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, RwLock};

pub struct Seen {
    names: Mutex<HashSet<String>>,
    sizes: RwLock<HashMap<String, u64>>,
    page: Mutex<String>,
}

impl Seen {
    pub async fn knows(&self, host: &str, port: u16) -> bool {
        self.names.lock().unwrap().contains(&format!("{host}:{port}"))
    }

    pub async fn size(&self, host: &str, port: u16) -> u64 {
        if let Some(size) = self.sizes.read().unwrap().get(format!("{host}:{port}").as_str()) {
            return *size;
        }
        self.sizes.read().unwrap()[&host.to_string()]
    }

    pub async fn show(&self, host: &str) {
        *self.page.lock().unwrap() += &format!("<{host}>");
    }
}
