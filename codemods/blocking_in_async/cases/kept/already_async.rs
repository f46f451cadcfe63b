use tokio::fs;
use tokio::fs::File;
use tokio::io::AsyncReadExt;
use tokio::process::Command;

pub async fn all(path: &str) -> std::io::Result<Vec<u8>> {
    let mut all = fs::read(path).await?;
    let mut file = File::open(path).await?;
    file.read_to_end(&mut all).await?;
    Command::new("true").status().await?;
    Ok(all)
}
