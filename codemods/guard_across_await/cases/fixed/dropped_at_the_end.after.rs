use std::collections::BTreeSet;

use tokio::sync::Mutex;

pub struct Leases {
    held: Mutex<BTreeSet<u64>>,
    waiting: Mutex<Vec<u64>>,
    journal: std::sync::Mutex<Vec<u64>>,
}

impl Leases {
    pub async fn take(&self, id: u64) -> bool {
        let new = self.held.lock().await.insert(id);
        replicate(id).await;
        new
    }

    pub async fn give_back(&self, id: u64) {
        let left = {
            let mut held = self.held.lock().await;
            held.remove(&id);
            held.len() as u64
        };
        replicate(id).await;
        replicate(left).await;
    }

    pub async fn on_each_way(&self, id: u64) -> u64 {
        self.held.lock().await.insert(id);
        let answer = replicate(id).await;
        if answer > 3 {
            replicate(answer).await
        } else {
            answer
        }
    }

    pub async fn on_one_way(&self, ids: &[u64]) {
        for &id in ids {
            let count = {
                let mut held = self.held.lock().await;
                held.insert(id);
                held.len() as u64
            };
            if replicate(count).await == 0 {
                break;
            }
            replicate(id).await;
        }
    }

    pub async fn of_a_pattern(&self, id: u64) {
        if let Ok(mut journal) = self.journal.lock() {
            journal.push(id);
            drop(journal);
            replicate(id).await;
            replicate(id + 1).await;
        }
    }

    pub async fn both(&self) -> u64 {
        let count = {
            let mut held = self.held.lock().await;
            let mut waiting = self.waiting.lock().await;
            held.extend(waiting.drain(..));
            held.len() as u64
        };
        replicate(count).await;
        count
    }
}

async fn replicate(id: u64) -> u64 {
    tracing::debug!(id);
    tokio::task::yield_now().await;
    id
}
