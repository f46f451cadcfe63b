// prefer: own
// level: review
//! The consumer is a closure; the frames are the caller's.

use bytes::Bytes;
use futures_util::{Stream, StreamExt};

pub async fn each<S>(frames: S)
where
    S: Stream<Item = Bytes>,
{
    frames
        .for_each(|frame| async move {
            audit(frame.clone()).await;
            finish(frame).await;
        })
        .await;
}

async fn audit(frame: Bytes) {
    tracing::info!("{} bytes", frame.len());
}

async fn finish(frame: Bytes) {
    tracing::info!("{:?}", &frame[..]);
}
