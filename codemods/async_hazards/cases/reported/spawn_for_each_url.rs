// reason: nothing seen here limits how many
pub async fn fetch_all(urls: Vec<String>) {
    for url in urls {
        tokio::spawn(async move {
            let _ = fetch(&url).await;
        });
    }
}

async fn fetch(url: &str) -> std::io::Result<Vec<u8>> {
    tokio::fs::read(url).await
}
