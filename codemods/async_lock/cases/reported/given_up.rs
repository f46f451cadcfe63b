// reason: the lock's future is waited for beside something else
use std::time::Duration;

use tokio::sync::Mutex;

struct Names {
    all: Mutex<Vec<String>>,
}

impl Names {
    async fn count(&self) -> Option<usize> {
        tokio::time::timeout(Duration::from_millis(5), async { self.all.lock().await.len() })
            .await
            .ok()
    }
}
