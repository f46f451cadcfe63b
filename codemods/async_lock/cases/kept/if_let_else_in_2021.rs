use std::collections::HashMap;

use tokio::sync::Mutex;

struct Users {
    by_name: Mutex<HashMap<String, u64>>,
}

async fn load(_: &str) -> u64 {
    1
}

impl Users {
    // Before the edition of 2024 the lock is held up to the end of the `else`.
    async fn otherwise(&self, name: &str) -> u64 {
        if let Some(id) = self.by_name.lock().await.get(name) {
            *id
        } else {
            load(name).await
        }
    }
}
