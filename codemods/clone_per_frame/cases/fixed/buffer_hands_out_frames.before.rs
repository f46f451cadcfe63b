// options: reuse = true
// level: review
//! Every read is copied out of the buffer, which is then cleared for the next one.

use std::io;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::mpsc::Sender;

const READ_SIZE: usize = 16 * 1024;

pub async fn frames<R: AsyncRead + Unpin>(mut source: R, out: Sender<Bytes>) -> io::Result<u64> {
    let mut buffer = BytesMut::with_capacity(READ_SIZE);
    let mut total = 0;
    loop {
        let read = source.read_buf(&mut buffer).await?;
        if read == 0 {
            return Ok(total);
        }
        total += read as u64;
        if out.send(buffer.clone().freeze()).await.is_err() {
            return Ok(total);
        }
        buffer.clear();
    }
}

pub async fn pieces<R: AsyncRead + Unpin>(
    mut source: R,
    out: Sender<Bytes>,
    raw: Sender<BytesMut>,
) {
    let mut first = BytesMut::with_capacity(4096);
    let mut second = BytesMut::with_capacity(READ_SIZE / 2);
    while matches!(source.read_buf(&mut first).await, Ok(1..)) {
        let _ = out.send(Bytes::copy_from_slice(&first)).await;
        first.clear();
        if source.read_buf(&mut second).await.is_ok() {
            let _ = raw.send(second.clone()).await;
            // Room for the next piece.
            second.clear();
        }
    }
}
