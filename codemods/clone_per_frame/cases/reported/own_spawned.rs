// prefer: own
// reason: a task that line 14 spawns takes `frame` along
//! A task may still have the frame when the next one comes.

use bytes::Bytes;
use futures_util::{Stream, StreamExt};

pub async fn run(mut frames: impl Stream<Item = Bytes> + Unpin) -> usize {
    let mut seen = 0;
    while let Some(frame) = frames.next().await {
        let mut masked = frame.to_vec();
        masked[0] = 0;
        seen += masked.len();
        tokio::spawn(async move { tracing::info!("{} bytes", frame.len()) });
    }
    seen
}
