use std::sync::Mutex;

pub struct Scores {
    scores: Mutex<Vec<u32>>,
}

impl Scores {
    pub async fn best(&self) -> u32 {
        let scores = self.scores.lock().unwrap();
        fn weight(score: u32) -> u32 {
            score.saturating_mul(2)
        }
        let best = scores.iter().copied().map(weight).max().unwrap_or_default();
        drop(scores);
        publish(best).await;
        weight(best)
    }
}

async fn publish(score: u32) {
    tracing::debug!(score);
    tokio::task::yield_now().await;
}
