use std::sync::Mutex;

pub struct Window {
    samples: Mutex<Vec<u32>>,
}

impl Window {
    pub async fn push(&self, sample: u32) -> u32 {
        let peak = {
            let mut samples = self.samples.lock().unwrap();
            samples.push(sample);
            samples.iter().copied().max().unwrap_or_default()
        };
        publish(peak).await;
        if peak > 10 {
            let mut samples = self.samples.lock().unwrap();
            samples.clear();
        }
        publish(0).await;
        let total: u32 = self.samples.lock().unwrap().iter().sum();
        publish(total).await;
        total
    }
}

async fn publish(value: u32) {
    tracing::debug!(value);
    tokio::task::yield_now().await;
}
