use std::sync::Weak;

use async_trait::async_trait;
use tokio::sync::RwLock;

#[async_trait]
pub trait Node: Send + Sync {
    async fn adjust(&self, delta: i64);
}

pub struct Rack {
    parent: RwLock<Weak<DataCenter>>,
    volumes: RwLock<i64>,
}

pub struct DataCenter {
    volumes: RwLock<i64>,
}

#[async_trait]
impl Node for Rack {
    async fn adjust(&self, delta: i64) {
        *self.volumes.write().await += delta;
        let parent = self.parent.read().await.upgrade();
        if let Some(parent) = parent {
            parent.adjust(delta).await;
        }
    }
}

#[async_trait]
impl Node for DataCenter {
    async fn adjust(&self, delta: i64) {
        *self.volumes.write().await += delta;
    }
}
