use std::sync::Arc;

use tokio::sync::Mutex;

pub(crate) struct Database {
    write_in_progress: Arc<Mutex<u64>>,
    checkpoint_in_progress: Arc<Mutex<bool>>,
}

async fn execute(statement: &str) -> usize {
    tokio::task::yield_now().await;
    statement.len()
}

impl Database {
    pub(crate) async fn write(&self, statement: &str) -> usize {
        let _write_guard = self.write_in_progress.lock().await;
        execute(statement).await
    }

    pub(crate) async fn checkpoint(&self) {
        if self.checkpoint_in_progress.try_lock().is_err() {
            return;
        }
        let _guard = self.checkpoint_in_progress.lock().await;
        execute("pragma wal_checkpoint").await;
    }
}
