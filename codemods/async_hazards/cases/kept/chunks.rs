use futures::future::join_all;

pub async fn in_chunks(paths: &[String]) -> usize {
    let mut found = 0;
    for chunk in paths.chunks(16) {
        let read = join_all(chunk.iter().map(tokio::fs::read)).await;
        found += read.iter().flatten().count();
    }
    found
}
