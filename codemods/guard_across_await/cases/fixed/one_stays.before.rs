use parking_lot::Mutex;

pub struct Disk {
    head: Mutex<u64>,
    one_at_a_time: Mutex<Vec<u64>>,
}

impl Disk {
    /// `_turn` is there to be kept; `head` is not.
    pub async fn seek(&self, to: u64) -> u64 {
        let mut head = self.head.lock();
        let _turn = self.one_at_a_time.lock();
        let distance = head.abs_diff(to);
        *head = to;
        turn(distance).await
    }
}

async fn turn(distance: u64) -> u64 {
    tokio::task::yield_now().await;
    distance
}
