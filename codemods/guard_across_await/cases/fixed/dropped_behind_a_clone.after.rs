use std::sync::Arc;

use tokio::sync::{Mutex, RwLock};

pub struct Profile {
    name: String,
    tags: Arc<Vec<String>>,
}

pub struct Session {
    profile: Mutex<Profile>,
    limits: RwLock<Vec<u64>>,
}

impl Session {
    pub async fn announce(&self) {
        let name = self.profile.lock().await.name.clone();
        send(name).await;
    }

    pub async fn tags(&self) -> usize {
        let tags = self.profile.lock().await.tags.clone();
        send(String::new()).await;
        tags.len()
    }

    pub async fn limit(&self, at: usize) -> Option<u64> {
        let limit = self.limits.read().await.get(at).copied();
        send(at.to_string()).await;
        send(at.to_string()).await;
        limit
    }
}

async fn send(name: String) {
    tracing::debug!(name);
    tokio::task::yield_now().await;
}
