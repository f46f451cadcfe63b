// whatever else is done leaves the loop
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::sync::oneshot::Receiver;

pub async fn run(mut socket: TcpStream, mut stop: Receiver<()>) -> std::io::Result<()> {
    let mut head = [0; 8];
    loop {
        tokio::select! {
            read = socket.read_exact(&mut head) => {
                read?;
            }
            _ = &mut stop => return Ok(()),
            _ = tokio::time::sleep(std::time::Duration::from_secs(9)) => {
                break;
            }
        }
    }
    Ok(())
}

pub async fn once(mut socket: TcpStream, stop: Receiver<()>) {
    let mut head = [0; 8];
    tokio::select! {
        read = socket.read_exact(&mut head) => println!("{read:?}"),
        _ = stop => {}
    }
}
