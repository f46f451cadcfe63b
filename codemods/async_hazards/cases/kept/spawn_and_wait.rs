pub async fn one_by_one(paths: Vec<String>) {
    for path in paths {
        let _ = tokio::spawn(tokio::fs::read(path)).await;
    }
}
