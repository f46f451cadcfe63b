pub async fn run(mut jobs: tokio::sync::mpsc::Receiver<String>) {
    while let Some(job) = jobs.recv().await {
        tokio::spawn(async move { tokio::fs::read(job).await });
    }
}
