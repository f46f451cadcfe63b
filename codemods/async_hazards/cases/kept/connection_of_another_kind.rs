// options: connect-timeout = true
// blocks a thread, and is another codemod's
pub fn open(address: &std::net::SocketAddr) -> std::io::Result<std::net::TcpStream> {
    std::net::TcpStream::connect_timeout(address, std::time::Duration::from_secs(3))
}

pub fn plain(address: std::net::SocketAddr) -> std::io::Result<std::net::TcpStream> {
    std::net::TcpStream::connect(address)
}
