// level: review
use std::sync::Arc;
use tokio::sync::RwLock;

struct Settings {
    url: String,
    retries: u32,
}

struct Client {
    settings: Arc<RwLock<Arc<Settings>>>,
}

async fn send(url: &str, body: &str) -> Result<(), String> {
    tokio::task::yield_now().await;
    if url.is_empty() { Err(body.to_string()) } else { Ok(()) }
}

impl Client {
    fn new(settings: Settings) -> Self {
        Client {
            settings: Arc::new(RwLock::new(Arc::new(settings))),
        }
    }

    async fn post(&self, body: &str) -> Result<(), String> {
        let settings = Arc::clone(&*self.settings.read().await);
        for _ in 0..settings.retries {
            if send(&settings.url, body).await.is_ok() {
                return Ok(());
            }
        }
        Err("gave up".into())
    }

    async fn ping(&self) -> Result<(), String> {
        let settings = Arc::clone(&*self.settings.read().await);
        send(&settings.url, "").await
    }

    async fn retries(&self) -> u32 {
        self.settings.read().await.retries
    }

    async fn set(&self, settings: Settings) {
        *self.settings.write().await = Arc::new(settings);
    }
}
