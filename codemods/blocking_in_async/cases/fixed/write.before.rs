// level: review
use std::path::Path;

pub async fn save(path: &Path, text: String) -> std::io::Result<()> {
    std::fs::write(path, text)
}

pub async fn forget(path: &Path) {
    let _ = std::fs::remove_file(path);
}
