// level: review
//! `Bytes` copied byte by byte, although it can be shared; the copy may have been meant to let go
//! of a large buffer.

use bytes::{Bytes, BytesMut};
use tokio::sync::broadcast;
use tokio::sync::mpsc::Receiver;

pub async fn fan_out(mut frames: Receiver<Bytes>, all: broadcast::Sender<Bytes>) -> Vec<Bytes> {
    let mut kept = Vec::new();
    while let Some(frame) = frames.recv().await {
        let _ = all.send(Bytes::copy_from_slice(&frame));
        kept.push(Bytes::copy_from_slice(&frame));
    }
    kept
}

pub async fn first(mut frames: Receiver<Bytes>) -> Option<Bytes> {
    let frame = frames.recv().await?;
    let head = BytesMut::from(&frame[..2]);
    (head != "no").then(|| Bytes::copy_from_slice(&frame))
}
