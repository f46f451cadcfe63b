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
        let profile = self.profile.lock().await;
        send(profile.name.clone()).await;
        drop(profile);
    }

    pub async fn tags(&self) -> usize {
        let profile = self.profile.lock().await;
        let tags = profile.tags.clone();
        send(String::new()).await;
        drop(profile);
        tags.len()
    }

    pub async fn limit(&self, at: usize) -> Option<u64> {
        let limits = self.limits.read().await;
        let limit = limits.get(at).copied();
        send(at.to_string()).await;
        std::mem::drop(limits);
        send(at.to_string()).await;
        limit
    }
}

async fn send(name: String) {
    tracing::debug!(name);
    tokio::task::yield_now().await;
}
