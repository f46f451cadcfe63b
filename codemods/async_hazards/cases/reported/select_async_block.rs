// reason: the bytes read so far are lost
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::mpsc::Receiver;

pub async fn run(socket: TcpStream, mut orders: Receiver<u8>) {
    let mut socket = BufReader::new(socket);
    loop {
        tokio::select! {
            line = async {
                let mut line = String::new();
                socket.read_line(&mut line).await.map(|_| line)
            } => println!("{line:?}"),
            order = orders.recv() => match order {
                Some(order) => println!("{order}"),
                None => break,
            },
        }
    }
}
