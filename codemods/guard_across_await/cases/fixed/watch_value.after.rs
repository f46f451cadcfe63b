use std::sync::Arc;

use tokio::sync::watch;

pub struct Settings {
    pub endpoint: Arc<str>,
    pub verbose: bool,
}

pub async fn probe(mut settings: watch::Receiver<Settings>) -> usize {
    while settings.changed().await.is_ok() {
        let endpoint = {
            let now = settings.borrow_and_update();
            if now.verbose {
                tracing::info!("endpoint is {}", now.endpoint);
            }
            now.endpoint.clone()
        };
        ping(&endpoint).await;
    }
    let endpoint = settings.borrow().endpoint.clone();
    ping(&endpoint).await
}

async fn ping(endpoint: &str) -> usize {
    tokio::task::yield_now().await;
    endpoint.len()
}
