//! A method that has its `Arc` as its own hands it on at the end.

use std::sync::Arc;

pub struct Server {
    name: String,
    peers: Vec<String>,
}

impl Server {
    pub async fn start(self: Arc<Self>) {
        tracing::info!("{} starts", self.name);
        let this = self;
        tokio::spawn(async move { this.greet().await });
    }

    pub async fn serve(self: Arc<Self>, again: bool) -> usize {
        if again {
            return run(self).await;
        }
        self.peers.len()
    }

    pub async fn into_name(self: Box<Self>) -> String {
        tracing::info!("{} peers", self.peers.len());
        self.name
    }

    async fn greet(&self) {
        tracing::info!("{}", self.name);
    }
}

async fn run(server: Arc<Server>) -> usize {
    server.peers.len()
}
