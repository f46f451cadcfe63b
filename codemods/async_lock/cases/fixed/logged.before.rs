// level: review
// prefer: std
use tokio::sync::Mutex;
use tracing::info;

struct Stats {
    slowest: Mutex<Vec<u64>>,
}

impl Stats {
    async fn record(&self, micros: u64) {
        let mut slowest = self.slowest.lock().await;
        if slowest.len() < 10 {
            info!(micros, "slow");
            slowest.push(micros);
        }
    }

    async fn total(&self) -> u64 {
        let mut total = 0;
        for micros in self.slowest.lock().await.iter() {
            total += micros;
        }
        total
    }
}
