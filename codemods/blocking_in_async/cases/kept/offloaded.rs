use std::path::PathBuf;

pub async fn load(path: PathBuf) -> std::io::Result<Vec<u8>> {
    tokio::task::spawn_blocking(move || std::fs::read(path)).await.unwrap()
}

pub async fn threaded(path: PathBuf) -> std::thread::JoinHandle<bool> {
    std::thread::spawn(move || path.exists())
}

pub async fn in_place(path: PathBuf) -> bool {
    tokio::task::block_in_place(|| path.is_dir())
}
