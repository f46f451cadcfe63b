use std::sync::Mutex;
use std::time::Duration;

pub struct Gate {
    open: Mutex<bool>,
    waiting: Mutex<Vec<u64>>,
}

impl Gate {
    /// The condition of an `if` or `while`, a match guard and the operands of `&&` drop what they
    /// lock before anything else happens.
    pub async fn pass(&self, id: u64) -> bool {
        while !*self.open.lock().unwrap() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        if self.waiting.lock().unwrap().contains(&id) {
            tokio::task::yield_now().await;
        }
        let ready = *self.open.lock().unwrap() && check(id).await;
        match id {
            0 if self.waiting.lock().unwrap().is_empty() => check(1).await,
            _ => ready,
        }
    }
}

async fn check(id: u64) -> bool {
    tokio::task::yield_now().await;
    id > 0
}
