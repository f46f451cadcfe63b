use tokio::sync::{Mutex, RwLock};

pub struct Feed {
    latest: Mutex<Option<Vec<u8>>>,
    total: RwLock<u64>,
}

impl Feed {
    /// The right side of an assignment is evaluated before the place on the left.
    pub async fn refresh(&self) {
        *self.latest.lock().await = Some(download("feed").await);
        *self.total.write().await += measure().await;
    }
}

async fn download(what: &str) -> Vec<u8> {
    tokio::task::yield_now().await;
    what.as_bytes().to_vec()
}

async fn measure() -> u64 {
    tokio::task::yield_now().await;
    3
}
