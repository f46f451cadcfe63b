// level: safe
use std::path::Path;

mod tokio {
    pub mod fs {
        pub async fn read(_: &std::path::Path) -> std::io::Result<Vec<u8>> {
            Ok(vec![1, 2, 3])
        }
    }
}

pub async fn own(path: &Path) -> std::io::Result<Vec<u8>> {
    tokio::fs::read(path).await
}

pub async fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    ::tokio::fs::read(path).await
}

pub async fn exists(path: &Path) -> bool {
    ::tokio::fs::try_exists(path).await.unwrap_or(false)
}
