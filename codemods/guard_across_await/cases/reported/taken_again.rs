// reason: is assigned again on line
use tokio::sync::Mutex;

pub struct Clock {
    ticks: Mutex<u64>,
}

impl Clock {
    pub async fn advance(&self) -> u64 {
        let mut ticks = self.ticks.lock().await;
        *ticks += 1;
        pause().await;
        ticks = self.ticks.lock().await;
        pause().await;
        *ticks
    }
}

async fn pause() {
    tokio::task::yield_now().await;
}
