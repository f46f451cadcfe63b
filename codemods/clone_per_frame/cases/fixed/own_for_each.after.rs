// prefer: own
// level: review
//! The consumer is a closure; the frames are the caller's.

use bytes::BytesMut;
use futures_util::{Stream, StreamExt};

pub async fn each<S>(frames: S)
where
    S: Stream<Item = BytesMut>,
{
    frames
        .for_each(|mut frame| async move {
            audit(&mut frame).await;
            finish(&mut frame).await;
        })
        .await;
}

async fn audit(frame: &mut BytesMut) {
    tracing::info!("{} bytes", frame.len());
}

async fn finish(frame: &mut BytesMut) {
    tracing::info!("{:?}", &frame[..]);
}
