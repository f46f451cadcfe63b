use std::net::SocketAddr;

pub async fn first(host: &str) -> Option<SocketAddr> {
    tokio::net::lookup_host((host, 80)).await.ok()?.next()
}
