// level: review
use std::path::Path;

pub async fn swap(path: &Path, text: String) -> std::io::Result<()> {
    let new = path.with_extension("new");
    std::fs::write(&new, text)?;
    std::fs::rename(&new, path)?;
    Ok(())
}
