// prefer: own
// reason: line 15 keeps a clone of `frame`, which shares the buffer
//! A clone that costs a count goes into the history: of a `BytesMut` it would be a copy.

use bytes::Bytes;
use futures_util::{Stream, StreamExt};

pub async fn run(mut frames: impl Stream<Item = Bytes> + Unpin) -> Vec<Bytes> {
    let mut history = Vec::new();
    let mut sum = 0;
    while let Some(frame) = frames.next().await {
        let mut masked = frame.to_vec();
        masked[0] = 0;
        sum += masked.len();
        history.push(frame.clone());
        tracing::info!("{sum} of {} bytes", frame.len());
    }
    history
}
