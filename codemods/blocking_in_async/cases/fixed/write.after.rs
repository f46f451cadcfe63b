// level: review
use std::path::Path;

pub async fn save(path: &Path, text: String) -> std::io::Result<()> {
    tokio::fs::write(path, text).await
}

pub async fn forget(path: &Path) {
    let _ = tokio::fs::remove_file(path).await;
}
