// reason: is given what comes from
use tokio::sync::Mutex;

pub struct Journal {
    next: Mutex<u64>,
    lines: Mutex<Vec<u64>>,
}

impl Journal {
    /// Two calls at a time would write their numbers in another order.
    pub async fn write(&self) {
        let mut next = self.next.lock().await;
        *next += 1;
        let number = *next;
        self.lines.lock().await.push(number);
    }
}
