// reason: the guard ends by a `drop`, but its scope goes on over an await
use std::collections::HashMap;

use tokio::sync::Mutex;

struct Users {
    by_id: Mutex<HashMap<u64, u64>>,
}

async fn tell(_: u64) {}

impl Users {
    async fn tell(&self, id: u64) {
        let users = self.by_id.lock().await;
        if let Some(user) = users.get(&id) {
            let user = *user;
            drop(users);
            tell(user).await;
        }
    }

    async fn add(&self, id: u64) {
        self.by_id.lock().await.insert(id, id);
    }
}
