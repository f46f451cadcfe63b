// reason: the lock's future is kept and not awaited on the spot
use std::time::Duration;

use tokio::sync::Mutex;

struct Names {
    all: Mutex<Vec<String>>,
}

impl Names {
    async fn first(&self) -> Option<String> {
        tokio::select! {
            all = self.all.lock() => all.first().cloned(),
            _ = tokio::time::sleep(Duration::from_millis(5)) => None,
        }
    }

    async fn add(&self, name: &str) {
        self.all.lock().await.push(name.to_string());
    }
}
