// level: safe
// prefer: std
use std::collections::HashMap;

use tokio::sync::Mutex;

struct Sessions {
    by_id: Mutex<HashMap<u64, String>>,
}

impl Sessions {
    fn new() -> Self {
        Self {
            by_id: Mutex::new(HashMap::new()),
        }
    }

    async fn name_of(&self, id: u64) -> Option<String> {
        self.by_id.lock().await.get(&id).cloned()
    }

    async fn enter(&self, id: u64, name: String) {
        let mut sessions = self.by_id.lock().await;
        sessions.insert(id, name);
    }

    async fn leave(&self, id: u64) -> usize {
        let mut sessions = self.by_id.lock().await;
        sessions.remove(&id);
        let left = sessions.len();
        drop(sessions);
        tokio::task::yield_now().await;
        left
    }
}
