// who sends waits for the answer: there are never more messages than callers
use tokio::sync::{mpsc, oneshot};

pub enum Command {
    Get { key: String, answer: oneshot::Sender<Option<String>> },
}

pub fn start() -> mpsc::UnboundedSender<Command> {
    let (tx, mut rx) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Some(Command::Get { key, answer }) = rx.recv().await {
            let _ = answer.send(tokio::fs::read_to_string(key).await.ok());
        }
    });
    tx
}

pub async fn serve(tx: mpsc::UnboundedSender<Command>, mut keys: mpsc::Receiver<String>) {
    while let Some(key) = keys.recv().await {
        let (answer, told) = oneshot::channel();
        let _ = tx.send(Command::Get { key, answer });
        let _ = told.await;
    }
}
