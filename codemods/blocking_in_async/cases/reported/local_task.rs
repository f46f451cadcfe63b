// reason: `tokio::task::spawn_local` means its own task or thread
pub async fn sizes(paths: Vec<String>) {
    for path in paths {
        let size = std::fs::metadata(&path).map_or(0, |found| found.len());
        tokio::task::spawn_local(async move { println!("{size}") });
    }
}
