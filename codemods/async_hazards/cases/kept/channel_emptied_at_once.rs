// who empties it does nothing that takes time
use tokio::sync::{broadcast, mpsc};

pub struct Tick(pub u64);

pub async fn total(mut news: broadcast::Receiver<u64>) -> u64 {
    let (tx, mut rx) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok(n) = news.recv().await {
            if tx.send(Tick(n)).is_err() {
                return;
            }
        }
    });
    let mut sum = 0;
    while let Some(Tick(n)) = rx.recv().await {
        sum += n;
    }
    sum
}
