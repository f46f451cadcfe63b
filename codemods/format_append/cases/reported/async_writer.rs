// reason: `stream` takes bytes, in one write for each text

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

pub async fn send(stream: &mut TcpStream, rows: &[(String, u32)]) -> std::io::Result<()> {
    for (name, count) in rows {
        stream.write_all(format!("{name};{count}\n").as_bytes()).await?;
    }
    Ok(())
}
