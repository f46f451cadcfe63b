// reason: is the only await of the loop in line
use tokio::sync::RwLock;

pub(crate) struct Stage {
    ready: RwLock<bool>,
}

impl Stage {
    async fn is_ready(&self) -> bool {
        *self.ready.read().await
    }

    /// Without the lock `is_ready` is ready at once, always.
    pub(crate) async fn enter(&self) {
        while !self.is_ready().await {}
    }

    pub(crate) async fn open(&self) {
        *self.ready.write().await = true;
    }
}
