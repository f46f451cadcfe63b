// reason: The first error drops all others half way
use futures::future;

pub async fn read_all(paths: Vec<String>) -> std::io::Result<Vec<String>> {
    let mut reads = Vec::new();
    for path in paths {
        reads.push(async move { tokio::fs::read_to_string(path).await });
    }
    future::try_join_all(reads).await
}
