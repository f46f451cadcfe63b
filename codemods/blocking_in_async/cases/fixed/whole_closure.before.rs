// level: review
use std::path::PathBuf;

pub async fn present(paths: Vec<PathBuf>) -> Vec<PathBuf> {
    let found: Vec<PathBuf> = paths.into_iter().filter(|path| path.exists()).collect();
    found
}
