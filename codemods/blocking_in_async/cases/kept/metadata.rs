use std::fs::Metadata;

pub async fn folder(found: &Metadata) -> bool {
    found.is_dir() || found.file_type().is_symlink()
}
