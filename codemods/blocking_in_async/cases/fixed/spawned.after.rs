// level: safe
use std::path::PathBuf;

pub fn watch(path: PathBuf) -> tokio::task::JoinHandle<usize> {
    tokio::spawn(async move {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        let bytes = tokio::fs::read(&path).await.unwrap_or_default();
        bytes.len()
    })
}
