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
        let page = page(id).await;
        self.kept.lock().await.pages.insert(id, page)
    }

    pub async fn count(&self, id: u64) -> Result<(), std::fmt::Error> {
        let counted = counted(id).await?;
        self.count.lock().await.push(counted);
        Ok(())
    }

    pub async fn note(&self, id: u64) {
        let page = page(id).await;
        self.names.lock().await.push_str(&page);
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
