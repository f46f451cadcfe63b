// level: safe
// prefer: std
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

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
        self.by_id
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&id)
            .cloned()
    }

    async fn enter(&self, id: u64, name: String) {
        let mut sessions = self.by_id.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.insert(id, name);
    }

    async fn leave(&self, id: u64) -> usize {
        let left = {
            let mut sessions = self.by_id.lock().unwrap_or_else(PoisonError::into_inner);
            sessions.remove(&id);
            sessions.len()
        };
        tokio::task::yield_now().await;
        left
    }
}
