use std::collections::HashMap;
use std::sync::Arc;

use dashmap::DashMap;
use tokio::sync::{mpsc, RwLock};

pub struct Hub {
    slots: DashMap<u64, Arc<RwLock<Vec<u32>>>>,
    peers: DashMap<u64, mpsc::Sender<u32>>,
    tables: RwLock<HashMap<u64, Arc<RwLock<Vec<u32>>>>>,
}

impl Hub {
    pub async fn push(&self, id: u64, value: u32) {
        if let Some(slot) = self.slots.get(&id) {
            slot.write().await.push(value);
        }
    }

    pub async fn sum(&self, id: u64) -> u32 {
        match self.slots.get(&id) {
            Some(slot) => {
                let values = slot.value().read().await;
                values.iter().sum()
            }
            None => 0,
        }
    }

    pub async fn first(&self, id: u64, value: u32) {
        let slot = self.slots.entry(id).or_default();
        slot.write().await.insert(0, value);
    }

    pub async fn send(&self, id: u64, value: u32) -> bool {
        if let Some(peer) = self.peers.get_mut(&id) {
            peer.send(value).await.is_ok() && peer.capacity() > 0
        } else {
            false
        }
    }

    pub async fn fill(&self, id: u64, value: u32) {
        if let Some(table) = self.tables.read().await.get(&id) {
            table.write().await.push(value);
        }
    }

    pub async fn drain(&self, id: u64) -> Vec<u32> {
        let tables = self.tables.read().await;
        let Some(table) = tables.get(&id) else {
            return Vec::new();
        };
        let mut table = table.write().await;
        table.split_off(1)
    }
}
