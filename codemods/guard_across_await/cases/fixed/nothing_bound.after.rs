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
        let found = self.plugins.read().await.get(name).is_some();
        if found {
            told(name).await;
            return true;
        }
        false
    }

    pub async fn fetch(&self, name: &str) {
        let found = self.plugins.read().await.get(name).is_none();
        match found {
            true => told("missing").await,
            false => told(name).await,
        }
    }
}

async fn told(name: &str) {
    tracing::debug!(name);
    tokio::task::yield_now().await;
}
