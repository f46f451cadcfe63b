// level: review
use std::net::{SocketAddr, ToSocketAddrs};

pub fn now(host: &str) -> Option<SocketAddr> {
    (host, 80).to_socket_addrs().ok()?.next()
}

pub async fn first(host: &str) -> Option<SocketAddr> {
    tokio::net::lookup_host((host, 80)).await.ok()?.next()
}
