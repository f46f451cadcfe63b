// reason: so that its type is no longer told
use std::any::Any;
use std::sync::Arc;

use tokio::sync::Mutex;

struct Registry {
    names: Arc<Mutex<Vec<String>>>,
}

impl Registry {
    async fn add(&self, name: String) {
        self.names.lock().await.push(name);
    }

    fn erased(&self) -> Arc<dyn Any + Send + Sync> {
        self.names.clone()
    }
}
