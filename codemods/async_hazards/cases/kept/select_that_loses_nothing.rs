use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::Receiver;

pub async fn run(listener: TcpListener, mut orders: Receiver<u8>, mut socket: TcpStream) {
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let mut buffer = [0; 64];
    loop {
        tokio::select! {
            order = orders.recv() => println!("{order:?}"),
            made = listener.accept() => println!("{made:?}"),
            read = socket.read(&mut buffer) => println!("{read:?}"),
            line = lines.next_line() => println!("{line:?}"),
        }
    }
}
