// edition: 2024
use std::collections::HashMap;
use std::sync::Mutex;

pub struct Names {
    by_id: Mutex<HashMap<u64, String>>,
}

impl Names {
    /// From edition 2024 on the scrutinee of an `if let` ends before the `else`, and what a block's
    /// tail locks ends with the block.
    pub async fn name(&self, id: u64) -> String {
        if let Some(name) = self.by_id.lock().unwrap().get(&id) {
            name.clone()
        } else {
            fetch(id).await
        }
    }

    pub async fn rename(&self, id: u64) -> String {
        store({ self.by_id.lock().unwrap().len() }, id).await
    }
}

async fn fetch(id: u64) -> String {
    tokio::task::yield_now().await;
    id.to_string()
}

async fn store(count: usize, id: u64) -> String {
    tokio::task::yield_now().await;
    format!("{count}/{id}")
}
