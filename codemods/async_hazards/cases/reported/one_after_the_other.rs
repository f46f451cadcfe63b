// options: sequential-await = true
// reason: All that `try_join_all` asks for is there
pub async fn read_all(paths: &[String]) -> std::io::Result<Vec<String>> {
    let mut found = Vec::new();
    for path in paths {
        let text = tokio::fs::read_to_string(path).await?;
        found.push(text);
    }
    Ok(found)
}
