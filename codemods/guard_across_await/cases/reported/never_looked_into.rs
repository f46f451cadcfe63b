// reason: `turn` is kept for nothing but to hold the lock
use std::sync::Mutex;

pub struct Printer {
    pages: Mutex<u64>,
}

impl Printer {
    pub async fn print(&self, page: &str) -> bool {
        if let Ok(turn) = self.pages.lock() {
            send(page).await;
            return true;
        }
        false
    }
}

async fn send(page: &str) {
    tracing::info!(page);
    tokio::task::yield_now().await;
}
