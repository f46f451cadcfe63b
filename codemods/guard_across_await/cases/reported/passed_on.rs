// reason: is passed into `persist(..)`
use tokio::sync::{Mutex, MutexGuard};

pub struct Store {
    rows: Mutex<Vec<u64>>,
}

impl Store {
    pub async fn save(&self) -> usize {
        persist(self.rows.lock().await).await
    }

    pub async fn save_named(&self) -> usize {
        let rows = self.rows.lock().await;
        tracing::debug!("saving {}", rows.len());
        persist(rows).await
    }
}

async fn persist(rows: MutexGuard<'_, Vec<u64>>) -> usize {
    let count = rows.len();
    drop(rows);
    tokio::task::yield_now().await;
    count
}
