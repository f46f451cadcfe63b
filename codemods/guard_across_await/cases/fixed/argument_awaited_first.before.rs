use std::collections::HashMap;

use tokio::sync::Mutex;

#[derive(Default)]
pub struct Kept {
    pages: HashMap<u64, String>,
}

pub struct Pages {
    kept: Mutex<Kept>,
    count: Mutex<Vec<u64>>,
    names: Mutex<String>,
}

impl Pages {
    pub async fn load(&self, id: u64) -> Option<String> {
        self.kept.lock().await.pages.insert(id, page(id).await)
    }

    pub async fn count(&self, id: u64) -> Result<(), std::fmt::Error> {
        self.count.lock().await.push(counted(id).await?);
        Ok(())
    }

    pub async fn note(&self, id: u64) {
        self.names.lock().await.push_str(&page(id).await);
    }
}

async fn page(id: u64) -> String {
    tokio::task::yield_now().await;
    id.to_string()
}

async fn counted(id: u64) -> Result<u64, std::fmt::Error> {
    tokio::task::yield_now().await;
    Ok(id)
}
