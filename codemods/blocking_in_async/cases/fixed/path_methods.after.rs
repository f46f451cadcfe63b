// level: safe
use std::path::{Path, PathBuf};

pub async fn kind(path: &Path) -> &'static str {
    if tokio::fs::metadata(path)
        .await
        .is_ok_and(|found| found.is_dir())
    {
        "folder"
    } else {
        "none"
    }
}

pub async fn there(dir: PathBuf, name: &str) -> bool {
    tokio::fs::try_exists(dir.join(name)).await.unwrap_or(false)
}

pub async fn real(path: PathBuf) -> Option<PathBuf> {
    tokio::fs::canonicalize(&path).await.ok()
}
