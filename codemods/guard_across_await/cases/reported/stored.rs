// reason: is given away on line
use tokio::sync::{Mutex, OwnedMutexGuard};

use std::sync::Arc;

pub struct Transaction {
    rows: OwnedMutexGuard<Vec<u64>>,
}

pub struct Table {
    rows: Arc<Mutex<Vec<u64>>>,
}

impl Table {
    pub async fn begin(&self) -> Transaction {
        let rows = self.rows.clone().lock_owned().await;
        announce(rows.len()).await;
        Transaction { rows }
    }
}

impl Transaction {
    pub fn push(&mut self, row: u64) {
        self.rows.push(row);
    }
}

async fn announce(count: usize) {
    tracing::debug!(count);
    tokio::task::yield_now().await;
}
