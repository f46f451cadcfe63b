// level: review
// prefer: std
use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use tokio::sync::Mutex;

#[derive(PartialEq, Eq)]
struct Key(Vec<u8>);

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for byte in &self.0 {
            state.write_u8(byte.to_ascii_lowercase());
        }
    }
}

struct Names {
    by_key: Mutex<HashMap<Key, String>>,
}

impl Names {
    async fn find(&self, key: &Key) -> Option<String> {
        self.by_key.lock().await.get(key).cloned()
    }
}
