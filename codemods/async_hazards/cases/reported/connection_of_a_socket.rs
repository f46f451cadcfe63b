// options: connect-timeout = true
// reason: all who need the connection wait as long
use tokio::net::TcpStream;

pub struct Pool {
    address: String,
}

impl Pool {
    pub async fn fresh(&self) -> std::io::Result<TcpStream> {
        let made = TcpStream::connect(&self.address).await?;
        made.set_nodelay(true)?;
        Ok(made)
    }
}
