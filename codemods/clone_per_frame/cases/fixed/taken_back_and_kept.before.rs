// level: review
//! A copy to be changed and sent: what is taken back may hold a large buffer.

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use tokio::sync::mpsc::Sender;

pub async fn relay(mut frames: impl Stream<Item = Bytes> + Unpin, out: Sender<BytesMut>) {
    while let Some(frame) = frames.next().await {
        let mut stamped = BytesMut::from(frame.as_ref());
        stamped.extend_from_slice(b"\n");
        let _ = out.send(stamped).await;
    }
}
