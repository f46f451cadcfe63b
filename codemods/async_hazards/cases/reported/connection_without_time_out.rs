// options: connect-timeout = true
// reason: waits until the system gives up
use tokio::net::TcpStream;

pub async fn open(host: &str) -> std::io::Result<TcpStream> {
    TcpStream::connect((host, 80)).await
}
