// one message, and then nothing
use tokio::sync::mpsc;

pub struct Ended(pub String);

pub async fn run(mut lines: mpsc::Receiver<String>, ended: mpsc::UnboundedSender<Ended>) {
    while let Some(line) = lines.recv().await {
        if line.is_empty() {
            let _ = ended.send(Ended(line));
            break;
        }
    }
}

pub async fn watch(lines: mpsc::Receiver<String>) {
    let (tx, mut rx) = mpsc::unbounded_channel();
    tokio::spawn(run(lines, tx));
    while let Some(Ended(why)) = rx.recv().await {
        let _ = tokio::fs::write("why", why).await;
    }
}
