use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::sync::mpsc::Receiver;

pub async fn run(mut socket: TcpStream, mut orders: Receiver<u8>) -> std::io::Result<()> {
    let mut head = [0; 8];
    let read = socket.read_exact(&mut head);
    tokio::pin!(read);
    loop {
        tokio::select! {
            read = &mut read => {
                read?;
                return Ok(());
            }
            Some(order) = orders.recv() => println!("{order}"),
        }
    }
}
