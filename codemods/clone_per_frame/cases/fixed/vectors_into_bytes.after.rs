// level: safe
//! A buffer that is complete can become `Bytes` as it is.

use bytes::{Bytes, BytesMut};
use tokio::sync::mpsc::Sender;

pub async fn encode(records: &[String], sink: Sender<Bytes>) -> bool {
    for record in records {
        let mut frame = Vec::with_capacity(record.len() + 4);
        frame.extend_from_slice(&(record.len() as u32).to_be_bytes());
        frame.extend_from_slice(record.as_bytes());
        if sink.send(Bytes::from(frame)).await.is_err() {
            return false;
        }
        let mut trailer = BytesMut::with_capacity(2);
        trailer.extend_from_slice(b"\r\n");
        let _ = sink.send(trailer.freeze()).await;
    }
    true
}
