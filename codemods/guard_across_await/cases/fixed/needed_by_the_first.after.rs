use std::collections::HashMap;

use dashmap::DashMap;
use tokio::sync::{Mutex, RwLock};

pub struct Rows(Vec<u32>);

impl Rows {
    pub async fn get(&self, id: usize) -> Option<u32> {
        tokio::task::yield_now().await;
        self.0.get(id).copied()
    }

    pub async fn put(&mut self, id: u32) -> usize {
        tokio::task::yield_now().await;
        self.0.push(id);
        self.0.len()
    }
}

pub struct Runner {
    store: RwLock<Rows>,
    job: RwLock<Vec<u32>>,
    tables: Mutex<HashMap<String, Rows>>,
    shards: DashMap<usize, Rows>,
}

impl Runner {
    pub async fn run(&self, id: usize) -> usize {
        let code = {
            let store = self.store.write().await;
            store.get(id).await
        };
        let len = {
            let mut job = self.job.write().await;
            job.extend(code);
            job.len()
        };
        tokio::task::yield_now().await;
        len
    }

    pub async fn append(&self, id: u32) -> usize {
        let len = {
            let mut store = self.store.write().await;
            store.put(id).await;
            store.put(id + 1).await
        };
        audit(len).await;
        len
    }

    pub async fn through_a_reference(&self, name: &str) -> Option<u32> {
        let first = {
            let tables = self.tables.lock().await;
            let rows = tables.get(name)?;
            rows.get(0).await
        };
        audit(1).await;
        first
    }

    pub async fn in_a_branch(&self, id: u32, urgent: bool) -> usize {
        let mut store = self.store.write().await;
        if urgent {
            let len = store.put(id).await;
            drop(store);
            audit(len).await;
            return len;
        }
        store.put(id).await
    }

    pub async fn of_a_pattern(&self, id: usize) {
        if let Some(rows) = self.shards.get(&id) {
            let found = rows.get(id).await;
            drop(rows);
            audit(found.unwrap_or_default() as usize).await;
        }
    }
}

async fn audit(count: usize) {
    tracing::debug!(count);
    tokio::task::yield_now().await;
}
