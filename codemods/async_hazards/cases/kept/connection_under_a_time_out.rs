// options: connect-timeout = true
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

pub async fn open(host: &str) -> std::io::Result<TcpStream> {
    timeout(Duration::from_secs(3), TcpStream::connect((host, 80))).await?
}

pub async fn outer(host: &str) -> Option<TcpStream> {
    timeout(Duration::from_secs(3), inner(host)).await.ok()
}

async fn inner(host: &str) -> TcpStream {
    TcpStream::connect((host, 80)).await.unwrap()
}

pub async fn raced(host: &str) -> Option<TcpStream> {
    tokio::select! {
        made = TcpStream::connect((host, 80)) => made.ok(),
        _ = tokio::time::sleep(Duration::from_secs(3)) => None,
    }
}

pub async fn later(host: &str) -> Option<TcpStream> {
    let made = TcpStream::connect((host, 80));
    timeout(Duration::from_secs(3), made).await.ok()?.ok()
}
