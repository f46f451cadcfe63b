// reason: gets a task at once
pub async fn sizes(paths: Vec<String>) -> Vec<u64> {
    let tasks: Vec<_> = paths
        .into_iter()
        .map(|path| tokio::spawn(async move { tokio::fs::metadata(path).await.map_or(0, |m| m.len()) }))
        .collect();
    let mut found = Vec::new();
    for task in tasks {
        found.push(task.await.unwrap_or(0));
    }
    found
}
