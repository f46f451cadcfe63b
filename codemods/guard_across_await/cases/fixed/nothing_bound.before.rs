use std::collections::HashMap;

use tokio::sync::RwLock;

pub struct Plugin {
    pub code: Vec<u8>,
}

pub struct Plugins {
    plugins: RwLock<HashMap<String, Plugin>>,
}

impl Plugins {
    pub async fn has(&self, name: &str) -> bool {
        if let Some(_) = self.plugins.read().await.get(name) {
            told(name).await;
            return true;
        }
        false
    }

    pub async fn fetch(&self, name: &str) {
        match self.plugins.read().await.get(name) {
            None => told("missing").await,
            Some(_) => told(name).await,
        }
    }
}

async fn told(name: &str) {
    tracing::debug!(name);
    tokio::task::yield_now().await;
}
