// reason: the two are kept in step
use tokio::sync::Mutex;

pub struct Table(Vec<u32>);

impl Table {
    async fn next(&mut self) -> u32 {
        tokio::task::yield_now().await;
        self.0.pop().unwrap_or_default()
    }
}

pub struct Tables {
    free: Mutex<Table>,
    used: Mutex<Vec<u32>>,
}

impl Tables {
    /// Nobody may see a number that is in neither of the two.
    pub async fn take(&self) -> u32 {
        let mut free = self.free.lock().await;
        let next = free.next().await;
        self.used.lock().await.push(next);
        next
    }

    pub async fn total(&self) -> usize {
        let free = self.free.lock().await;
        let used = self.used.lock().await;
        free.0.len() + used.len()
    }
}
