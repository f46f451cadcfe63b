// level: review
use std::path::Path;

pub async fn send(path: &Path, since: u64) -> std::io::Result<Vec<u8>> {
    let found = tokio::fs::metadata(path).await?;
    if found.len() < since {
        return Ok(Vec::new());
    }
    let file = std::fs::File::open(path)?;
    let mut text = Vec::new();
    copy(file, &mut text).await?;
    Ok(text)
}

async fn copy(file: std::fs::File, to: &mut Vec<u8>) -> std::io::Result<()> {
    use tokio::io::AsyncReadExt;
    tokio::fs::File::from_std(file).read_to_end(to).await?;
    Ok(())
}
