// reason: the bytes read so far are lost
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::sync::mpsc::Receiver;

pub async fn run(mut socket: TcpStream, mut orders: Receiver<u8>) -> std::io::Result<()> {
    let mut head = [0; 8];
    loop {
        tokio::select! {
            read = socket.read_exact(&mut head) => {
                read?;
            }
            Some(order) = orders.recv() => {
                println!("{order}");
            }
        }
    }
}
