use std::collections::HashMap;

use tokio::sync::{Mutex, RwLock};

pub struct Names {
    known: RwLock<HashMap<u32, String>>,
    asked: Mutex<Vec<u32>>,
}

pub struct Copies {
    known: RwLock<HashMap<u32, String>>,
    asked: Mutex<Vec<u32>>,
}

impl Names {
    /// Only looks, and nobody holds the two together.
    pub async fn name(&self, id: u32) -> Option<String> {
        let known = self.known.read().await;
        let name = known.get(&id).cloned();
        self.asked.lock().await.push(id);
        name
    }

    /// One after the other.
    pub async fn learn(&self, id: u32, name: String) {
        self.known.write().await.insert(id, name);
        self.asked.lock().await.retain(|asked| *asked != id);
    }
}

impl Copies {
    /// Fields of the same names: other locks.
    pub fn both(&self) -> Option<usize> {
        let known = self.known.try_read().ok()?;
        let asked = self.asked.try_lock().ok()?;
        Some(known.len() + asked.len())
    }
}
