// reason: dropped at another time
//! The sender is not used again, but as long as it lives the channel stays open.

use tokio::sync::mpsc;

pub async fn run(lines: Vec<String>) -> usize {
    let (sender, mut receiver) = mpsc::channel::<String>(4);
    let worker = tokio::spawn(feed(sender.clone(), lines));
    let mut bytes = 0;
    while let Some(line) = receiver.recv().await {
        bytes += line.len();
        if bytes > 1024 {
            break;
        }
    }
    let _ = worker.await;
    bytes
}

async fn feed(sender: mpsc::Sender<String>, lines: Vec<String>) {
    for line in lines {
        if sender.send(line).await.is_err() {
            return;
        }
    }
}
