// reason: `reuse = true` lets the buffer own its frames
//! Copied out of a read buffer: without the option only said.

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::mpsc::Sender;

pub async fn frames<R: AsyncRead + Unpin>(mut source: R, out: Sender<BytesMut>) {
    let mut buffer = BytesMut::with_capacity(8192);
    while source
        .read_buf(&mut buffer)
        .await
        .is_ok_and(|read| read > 0)
    {
        let _ = out.send(buffer.clone()).await;
        buffer.clear();
    }
}
