// reason: an await stands between the operations
pub async fn copy(first: &str, second: &str) -> std::io::Result<()> {
    if std::fs::write(first, "").is_ok() {
        tokio::task::yield_now().await;
        Ok(())
    } else {
        std::fs::write(second, "")
    }
}
