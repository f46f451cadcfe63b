use std::sync::Arc;

use tokio::sync::RwLock;

pub struct Upstream {
    pub host: String,
    pub port: u16,
    pub healthy: bool,
}

pub async fn connect(upstream: Arc<RwLock<Upstream>>) -> std::io::Result<tokio::net::TcpStream> {
    let (mut host, port) = {
        let upstream = upstream.read().await;
        let host = upstream.host.clone();
        let port = upstream.port;
        let healthy = upstream.healthy;
        if !healthy {
            tracing::warn!("{host} is marked down");
        }
        (host, port)
    };
    if host.is_empty() {
        host.push_str("localhost");
    }
    tokio::net::TcpStream::connect((host.as_str(), port)).await
}
