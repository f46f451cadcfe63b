pub async fn read_all(paths: &[String]) -> std::io::Result<Vec<String>> {
    let mut found = Vec::new();
    for path in paths {
        found.push(tokio::fs::read_to_string(path).await?);
    }
    Ok(found)
}
