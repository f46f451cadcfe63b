// level: review
use std::path::PathBuf;

pub async fn present(paths: Vec<PathBuf>) -> Vec<PathBuf> {
    let found: Vec<PathBuf> = match tokio::task::spawn_blocking(move || {
        paths.into_iter().filter(|path| path.exists()).collect()
    })
    .await
    {
        Ok(done) => done,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    };
    found
}
