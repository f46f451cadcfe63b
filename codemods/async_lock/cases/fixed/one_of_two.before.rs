// level: safe
// prefer: std
use std::collections::HashMap;

use tokio::sync::Mutex;

struct Client {
    names: Mutex<HashMap<u32, String>>,
    writer: Mutex<Vec<u8>>,
}

impl Client {
    fn new() -> Self {
        Client {
            names: Mutex::new(HashMap::new()),
            writer: Mutex::new(Vec::new()),
        }
    }

    async fn rename(&self, id: u32, name: &str) {
        self.names.lock().await.insert(id, name.to_string());
    }

    async fn send(&self, bytes: &[u8]) {
        let mut writer = self.writer.lock().await;
        writer.extend_from_slice(bytes);
        tokio::task::yield_now().await;
        writer.clear();
    }
}
