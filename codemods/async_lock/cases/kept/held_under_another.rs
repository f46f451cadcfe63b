use tokio::sync::Mutex;

struct Bank {
    from: Mutex<Vec<u64>>,
    to: Mutex<Vec<u64>>,
}

impl Bank {
    // The first guard is held while the second lock is awaited, and the second over a call.
    async fn move_all(&self) {
        let mut from = self.from.lock().await;
        let mut to = self.to.lock().await;
        to.append(&mut from);
        tokio::task::yield_now().await;
        to.clear();
        from.clear();
    }
}
