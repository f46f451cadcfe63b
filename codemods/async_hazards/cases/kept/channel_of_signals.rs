// what it carries takes no room, and the clock alone feeds the other one
use tokio::sync::{broadcast, mpsc};

pub struct Beat(pub u64);

pub async fn run(mut news: broadcast::Receiver<u8>, mut timer: tokio::time::Interval) {
    let (tx, mut rx) = mpsc::unbounded_channel();
    let (beats, mut taken) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while news.recv().await.is_ok() {
            let _ = tx.send(());
        }
    });
    tokio::spawn(async move {
        loop {
            timer.tick().await;
            if beats.send(Beat(1)).is_err() {
                return;
            }
        }
    });
    tokio::spawn(async move {
        while let Some(Beat(n)) = taken.recv().await {
            let _ = tokio::fs::write("beat", n.to_string()).await;
        }
    });
    while rx.recv().await.is_some() {
        let _ = tokio::fs::read("state").await;
    }
}
