//! A shared `self` that is used again, or of which a part is kept.

use std::sync::Arc;

pub struct Server {
    name: String,
    peers: Vec<String>,
}

impl Server {
    pub async fn start(self: Arc<Self>) {
        let this = self.clone();
        tokio::spawn(async move { this.greet().await });
        tracing::info!("{} started", self.name);
    }

    pub async fn every(self: Arc<Self>) {
        for peer in 0..self.peers.len() {
            let this = self.clone();
            tokio::spawn(async move { tracing::info!("{}", this.peers[peer]) });
        }
    }

    pub async fn name(self: Arc<Self>) -> String {
        self.name.clone()
    }

    async fn greet(&self) {
        tracing::info!("{}", self.name);
    }
}
