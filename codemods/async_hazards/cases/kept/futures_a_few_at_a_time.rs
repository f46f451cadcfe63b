use futures::stream::{FuturesUnordered, StreamExt};

pub async fn read_all(paths: Vec<String>) -> usize {
    let mut left = paths.into_iter();
    let mut running: FuturesUnordered<_> = left.by_ref().take(16).map(tokio::fs::read).collect();
    let mut found = 0;
    while let Some(read) = running.next().await {
        found += usize::from(read.is_ok());
        running.extend(left.next().map(tokio::fs::read));
    }
    found
}

pub fn sorted(names: &[String]) -> Vec<&String> {
    names.iter().map(|name| name).collect()
}
