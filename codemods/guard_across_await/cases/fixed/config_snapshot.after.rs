use std::sync::RwLock;
use std::time::Duration;

#[derive(Clone)]
pub struct Limits {
    pub timeout: Duration,
    pub retries: u32,
    pub label: String,
}

pub struct Client {
    limits: RwLock<Limits>,
}

impl Client {
    pub async fn fetch(&self, url: &str) -> Option<Vec<u8>> {
        let (timeout, mut attempts) = {
            let limits = self.limits.read().unwrap();
            // The limits as they are now.
            let timeout = limits.timeout;
            let attempts = limits.retries + 1; // the first try counts
            let label = format!(
                "{}
  on {url}",
                limits.label
            );
            tracing::debug!("{label}");
            (timeout, attempts)
        };

        while attempts > 0 {
            if let Ok(body) = tokio::time::timeout(timeout, get(url)).await {
                return Some(body);
            }
            attempts -= 1;
        }
        None
    }
}

async fn get(url: &str) -> Vec<u8> {
    tokio::task::yield_now().await;
    url.as_bytes().to_vec()
}
