// level: safe
use std::path::PathBuf;

pub struct App {
    dir: PathBuf,
}

pub async fn show(app: &App, id: &str) -> Result<usize, std::io::Error> {
    let text = tokio::fs::read_to_string(app.dir.join(id)).await?;
    Ok(text.lines().count())
}

pub async fn size(path: PathBuf) -> std::io::Result<u64> {
    let found = tokio::fs::metadata(&path).await?;
    Ok(found.len())
}

pub async fn all(paths: Vec<PathBuf>) -> std::io::Result<Vec<u8>> {
    let mut all = Vec::new();
    for path in paths {
        tokio::task::yield_now().await;
        all.extend(tokio::fs::read(path).await?);
    }
    Ok(all)
}
