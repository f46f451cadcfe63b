use std::sync::Mutex;

pub struct Meter {
    readings: Mutex<Vec<f64>>,
}

impl Meter {
    pub async fn publish(&self) -> bool {
        let mean = {
            let mut readings = self.readings.lock().unwrap();
            readings.retain(|value| value.is_finite());

            // Only what is left counts.
            readings.iter().sum::<f64>() / readings.len() as f64
        };
        upload(mean).await
    }
}

async fn upload(mean: f64) -> bool {
    tokio::task::yield_now().await;
    mean > 0.0
}
