// level: review
use std::fs::File;
use std::io::{BufRead, BufReader};

pub async fn longest(path: String) -> std::io::Result<usize> {
    let file = File::open(&path)?;
    let mut most = 0;
    for line in BufReader::new(file).lines() {
        most = most.max(line?.len());
    }
    tokio::task::yield_now().await;
    Ok(most)
}
