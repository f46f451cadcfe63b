use std::path::PathBuf;

async fn off<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(run).await {
        Ok(done) => done,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

pub async fn present(path: PathBuf) -> bool {
    off(move || path.exists()).await
}
