// level: safe
// prefer: std
use std::collections::HashMap;
use std::sync::PoisonError;

use tokio::sync::Mutex;

struct Client {
    names: std::sync::Mutex<HashMap<u32, String>>,
    writer: Mutex<Vec<u8>>,
}

impl Client {
    fn new() -> Self {
        Client {
            names: std::sync::Mutex::new(HashMap::new()),
            writer: Mutex::new(Vec::new()),
        }
    }

    async fn rename(&self, id: u32, name: &str) {
        self.names
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id, name.to_string());
    }

    async fn send(&self, bytes: &[u8]) {
        let mut writer = self.writer.lock().await;
        writer.extend_from_slice(bytes);
        tokio::task::yield_now().await;
        writer.clear();
    }
}
