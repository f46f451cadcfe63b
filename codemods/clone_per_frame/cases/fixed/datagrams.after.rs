// level: safe
//! Each datagram is copied out of the receive buffer before anybody looks at it.

use std::io;

use tokio::net::UdpSocket;
use tokio::sync::mpsc::Sender;

pub async fn serve(socket: UdpSocket, out: Sender<String>) -> io::Result<()> {
    let mut buffer = [0_u8; 2048];
    loop {
        let (size, peer) = socket.recv_from(&mut buffer).await?;
        let datagram = &buffer[..size];
        if datagram.len() < 4 || datagram[0] != b'?' {
            continue;
        }
        let name = String::from_utf8_lossy(&datagram[4..]).into_owned();
        let answer = reply(&buffer[..4], &name);
        if out.send(name).await.is_err() {
            return Ok(());
        }
        socket.send_to(&answer, peer).await?;
    }
}

fn reply(id: &[u8], name: &str) -> Vec<u8> {
    let mut answer = id.to_vec();
    answer.extend_from_slice(name.as_bytes());
    answer
}
