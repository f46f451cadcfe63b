// prefer: own
// reason: `frames` has a second consumer, at line 10
//! The first frame goes another way.

use bytes::Bytes;
use tokio::sync::mpsc::{Receiver, Sender};

pub async fn run(mut frames: Receiver<Bytes>, all: Sender<u8>) -> Option<Bytes> {
    let mut last = None;
    let head = frames.recv().await?;
    while let Some(frame) = frames.recv().await {
        let mut masked = frame.to_vec();
        masked[0] = 0;
        let _ = all.send(masked[1]).await;
        if frame.len() > 10 {
            last = Some(head.clone());
        }
    }
    last
}
