// level: review
// prefer: std
use std::collections::HashSet;

use tokio::sync::Mutex;

struct Seen {
    all: Mutex<HashSet<u8>>,
}

impl Seen {
    async fn add(&self, more: impl Iterator<Item = u8>) {
        self.all.lock().await.extend(more);
    }

    async fn keep(&self, low: impl Fn(&u8) -> bool) {
        let mut all = self.all.lock().await;
        all.retain(low);
    }
}
