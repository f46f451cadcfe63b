use tokio::sync::mpsc;

pub fn follow(mut news: tokio::sync::broadcast::Receiver<String>) -> mpsc::Receiver<String> {
    let (tx, rx) = mpsc::channel(64);
    tokio::spawn(async move {
        while let Ok(text) = news.recv().await {
            if tx.send(text).await.is_err() {
                return;
            }
        }
    });
    rx
}
