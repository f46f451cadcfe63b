// reason: as fast as the other side takes it
use futures::Stream;
use tokio::sync::{broadcast, mpsc};
use tokio_stream::wrappers::UnboundedReceiverStream;

pub struct Notice(pub String);

pub fn follow(mut news: broadcast::Receiver<String>) -> impl Stream<Item = Notice> {
    let (tx, rx) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok(text) = news.recv().await {
            if tx.send(Notice(text)).is_err() {
                return;
            }
        }
    });
    UnboundedReceiverStream::new(rx)
}
