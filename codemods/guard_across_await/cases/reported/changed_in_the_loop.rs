// reason: holds its lock while `callback(..)` is awaited
use tokio::sync::RwLock;

pub struct Ack {
    pub id: u64,
    pub tries: u32,
}

pub struct Acks {
    open: RwLock<Vec<Ack>>,
}

impl Acks {
    pub async fn retry(&self) {
        for ack in self.open.write().await.iter_mut() {
            ack.tries += 1;
            callback(ack.id).await;
        }
    }
}

async fn callback(id: u64) {
    tracing::debug!(id);
    tokio::task::yield_now().await;
}
