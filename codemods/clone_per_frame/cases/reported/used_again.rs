// reason: `chunk` is used again at line 14
//! Two consumers own the frame.

use tokio::sync::mpsc::{Receiver, Sender};

pub async fn tee(mut frames: Receiver<Vec<u8>>, first: Sender<Vec<u8>>, second: Sender<Vec<u8>>) {
    while let Some(chunk) = frames.recv().await {
        if chunk.is_empty() {
            continue;
        }
        if first.send(chunk.clone()).await.is_err() {
            break;
        }
        if second.send(chunk).await.is_err() {
            break;
        }
    }
}
