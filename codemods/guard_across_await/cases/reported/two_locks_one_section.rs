// reason: the two locks are one critical section
use parking_lot::Mutex;

pub struct Accounts {
    from: Mutex<i64>,
    to: Mutex<i64>,
}

impl Accounts {
    pub async fn transfer(&self, amount: i64) {
        let mut from = self.from.lock();
        let mut to = self.to.lock();
        *from -= amount;
        *to += amount / 2;
        settle(amount).await;
        *to += amount - amount / 2;
    }
}

async fn settle(amount: i64) {
    tracing::debug!(amount);
    tokio::task::yield_now().await;
}
