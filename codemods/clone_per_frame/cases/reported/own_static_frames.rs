// prefer: own
// reason: cannot be given as a `BytesMut` without a copy
//! One producer sends what nobody owns.

use bytes::{Bytes, BytesMut};
use tokio::sync::mpsc::{channel, Receiver};

async fn consume(mut frames: Receiver<Bytes>) -> usize {
    let mut sum = 0;
    while let Some(frame) = frames.recv().await {
        for round in 0..2 {
            let mut masked = frame.to_vec();
            masked[0] = round;
            sum += masked.len();
        }
    }
    sum
}

pub async fn run(buffer: BytesMut) -> usize {
    let (tx, rx) = channel(4);
    let _ = tx.send(buffer.freeze()).await;
    let _ = tx.send(Bytes::from_static(b"end")).await;
    consume(rx).await
}
