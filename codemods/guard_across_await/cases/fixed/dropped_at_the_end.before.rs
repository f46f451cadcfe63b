use std::collections::BTreeSet;

use tokio::sync::Mutex;

pub struct Leases {
    held: Mutex<BTreeSet<u64>>,
    waiting: Mutex<Vec<u64>>,
    journal: std::sync::Mutex<Vec<u64>>,
}

impl Leases {
    pub async fn take(&self, id: u64) -> bool {
        let mut held = self.held.lock().await;
        let new = held.insert(id);
        replicate(id).await;
        drop(held);
        new
    }

    pub async fn give_back(&self, id: u64) {
        let mut held = self.held.lock().await;
        held.remove(&id);
        let left = held.len() as u64;
        replicate(id).await;
        replicate(left).await;
        drop(held)
    }

    pub async fn on_each_way(&self, id: u64) -> u64 {
        let mut held = self.held.lock().await;
        held.insert(id);
        let answer = replicate(id).await;
        if answer > 3 {
            drop(held);
            replicate(answer).await
        } else {
            drop(held);
            answer
        }
    }

    pub async fn on_one_way(&self, ids: &[u64]) {
        for &id in ids {
            let mut held = self.held.lock().await;
            held.insert(id);
            let count = held.len() as u64;
            if replicate(count).await == 0 {
                drop(held);
                break;
            }
            replicate(id).await;
        }
    }

    pub async fn of_a_pattern(&self, id: u64) {
        if let Ok(mut journal) = self.journal.lock() {
            journal.push(id);
            replicate(id).await;
            drop(journal);
            replicate(id + 1).await;
        }
    }

    pub async fn both(&self) -> u64 {
        let mut held = self.held.lock().await;
        let mut waiting = self.waiting.lock().await;
        held.extend(waiting.drain(..));
        let count = held.len() as u64;
        replicate(count).await;
        drop(waiting);
        drop(held);
        count
    }
}

async fn replicate(id: u64) -> u64 {
    tracing::debug!(id);
    tokio::task::yield_now().await;
    id
}
