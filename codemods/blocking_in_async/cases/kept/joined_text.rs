use std::path::{Path, PathBuf};

pub async fn joined(dir: &Path, parts: Vec<String>) -> PathBuf {
    dir.join(parts.join("/"))
}

pub async fn received(queue: &mut tokio::sync::mpsc::Receiver<u8>) -> Option<u8> {
    queue.recv().await
}
