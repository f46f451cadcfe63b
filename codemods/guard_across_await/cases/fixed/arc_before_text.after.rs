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
        let label = self.links.lock().await.label.clone();
        send(label.as_str()).await;
    }

    pub async fn url(&self) {
        let config = self.links.lock().await.config.clone();
        send(&config.url).await;
    }

    pub async fn twice(&self) -> u32 {
        let (config, tries) = {
            let links = self.links.lock().await;
            (links.config.clone(), links.config.tries)
        };
        send(&config.url).await;
        send(&config.host).await;
        tries
    }

    pub async fn host(&self) {
        let host = self.links.lock().await.host.as_str().to_owned();
        send(host.as_str()).await;
    }
}

async fn send(url: &str) {
    tracing::debug!(url);
    tokio::task::yield_now().await;
}
