// reason: the bytes read so far are lost
use futures::FutureExt;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::sync::mpsc::Receiver;

pub async fn run(mut socket: TcpStream, mut orders: Receiver<u8>) {
    let mut head = [0; 4];
    loop {
        futures::select! {
            read = socket.read_exact(&mut head).fuse() => println!("{read:?}"),
            order = orders.recv().fuse() => println!("{order:?}"),
            complete => break,
        }
    }
}
