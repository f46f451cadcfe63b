// level: safe
use std::path::{Path, PathBuf};

pub async fn kind(path: &Path) -> &'static str {
    if path.is_dir() {
        "folder"
    } else {
        "none"
    }
}

pub async fn there(dir: PathBuf, name: &str) -> bool {
    dir.join(name).exists()
}

pub async fn real(path: PathBuf) -> Option<PathBuf> {
    path.canonicalize().ok()
}
