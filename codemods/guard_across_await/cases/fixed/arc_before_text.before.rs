use std::sync::Arc;

use tokio::sync::Mutex;

#[derive(Default)]
pub struct Config {
    pub url: String,
    pub host: String,
    pub tries: u32,
}

#[derive(Default)]
pub struct Links {
    config: Arc<Config>,
    label: Arc<String>,
    host: String,
}

pub struct Client {
    links: Mutex<Links>,
}

impl Client {
    /// The count is cheaper than the text behind it.
    pub async fn label(&self) {
        let links = self.links.lock().await;
        send(links.label.as_str()).await;
    }

    pub async fn url(&self) {
        let links = self.links.lock().await;
        send(&links.config.url).await;
    }

    pub async fn twice(&self) -> u32 {
        let links = self.links.lock().await;
        send(&links.config.url).await;
        send(&links.config.host).await;
        links.config.tries
    }

    pub async fn host(&self) {
        let links = self.links.lock().await;
        send(links.host.as_str()).await;
    }
}

async fn send(url: &str) {
    tracing::debug!(url);
    tokio::task::yield_now().await;
}
