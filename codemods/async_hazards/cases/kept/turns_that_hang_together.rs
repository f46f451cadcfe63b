// options: sequential-await = true
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

pub async fn send(mut socket: TcpStream, frames: &[Vec<u8>]) -> std::io::Result<()> {
    for frame in frames {
        socket.write_all(frame).await?;
    }
    Ok(())
}

pub async fn first(paths: &[String]) -> Option<Vec<u8>> {
    for path in paths {
        if let Ok(found) = tokio::fs::read(path).await {
            return Some(found);
        }
    }
    None
}

pub async fn carried(paths: &[String]) -> usize {
    let mut last = 0;
    for path in paths {
        last = tokio::fs::read(path).await.map_or(last, |text| text.len());
    }
    last
}

pub async fn paced(paths: &[String]) {
    for path in paths {
        let _ = tokio::fs::read(path).await;
        tokio::time::sleep(std::time::Duration::from_millis(9)).await;
    }
}
