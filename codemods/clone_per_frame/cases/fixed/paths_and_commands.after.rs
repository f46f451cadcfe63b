// level: safe
//! Functions that take `impl AsRef<Path>` given a copy of the path.

use std::io;
use std::path::{Path, PathBuf};

use tokio::fs;
use tokio::process::Command;

pub async fn replace(path: PathBuf, name: String, text: &str) -> io::Result<PathBuf> {
    let fresh = path.with_extension("new");
    if fs::metadata(&path).await.is_ok() {
        fs::rename(&path, path.join(&name)).await?;
    }
    fs::write(&fresh, text).await?;
    let status = Command::new("sync")
        .arg(&fresh)
        .current_dir(parent(&path))
        .status()
        .await?;
    tracing::info!(%status, "{name} replaced at {}", fresh.display());
    Ok(path)
}

fn parent(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}

pub async fn sizes(paths: &[PathBuf]) -> io::Result<u64> {
    let mut total = 0;
    for path in paths {
        total += fs::metadata(path).await?.len();
    }
    Ok(total)
}
