use std::collections::HashMap;
use std::sync::Mutex;

pub struct Users {
    names: Mutex<HashMap<u64, String>>,
}

impl Users {
    /// The temporaries of a `let .. else` end before its `else`.
    pub async fn greet(&self, id: u64) -> Option<usize> {
        let Some(name) = self.names.lock().unwrap().get(&id).cloned() else {
            report(id).await;
            return None;
        };
        report(id).await;
        Some(name.len())
    }
}

async fn report(id: u64) {
    tracing::info!(id);
    tokio::task::yield_now().await;
}
