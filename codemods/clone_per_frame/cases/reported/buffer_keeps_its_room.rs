// options: reuse = true
// reason: how much room `buffer` is to keep is not written here
//! The buffer could own its frames, but how large it is to be is the caller's secret.

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::mpsc::Sender;

pub async fn frames<R: AsyncRead + Unpin>(mut source: R, mut buffer: BytesMut, out: Sender<Bytes>) {
    while source
        .read_buf(&mut buffer)
        .await
        .is_ok_and(|read| read > 0)
    {
        let _ = out.send(buffer.clone().freeze()).await;
        buffer.clear();
    }
}
