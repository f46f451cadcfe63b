// reason: `from.read_exact(&mut head)` in it
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

pub async fn run(mut from: TcpStream, mut timer: tokio::time::Interval) -> std::io::Result<()> {
    loop {
        tokio::select! {
            frame = read_frame(&mut from) => println!("{}", frame?.len()),
            _ = timer.tick() => println!("still here"),
        }
    }
}

async fn read_frame(from: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut head = [0; 4];
    from.read_exact(&mut head).await?;
    let mut body = vec![0; u32::from_be_bytes(head) as usize];
    from.read_exact(&mut body).await?;
    Ok(body)
}
