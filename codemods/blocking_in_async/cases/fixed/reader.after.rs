// level: review
use std::fs::File;
use std::io::{BufRead, BufReader};

pub async fn longest(path: String) -> std::io::Result<usize> {
    let most = match tokio::task::spawn_blocking(move || -> std::io::Result<_> {
        let file = File::open(&path)?;
        let mut most = 0;
        for line in BufReader::new(file).lines() {
            most = most.max(line?.len());
        }
        Ok(most)
    })
    .await
    {
        Ok(done) => done?,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    };
    tokio::task::yield_now().await;
    Ok(most)
}
