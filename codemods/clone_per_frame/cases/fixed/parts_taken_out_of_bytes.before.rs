// level: review
//! What was copied out of `Bytes` had a buffer of its own: taken as it is, a small part may keep a large
//! one alive.

use bytes::{Bytes, BytesMut};

pub async fn decode(frame: Bytes) -> Result<String, std::string::FromUtf8Error> {
    String::from_utf8(frame.to_vec())
}

pub async fn owned(frames: Vec<Bytes>) -> Vec<Vec<u8>> {
    frames.into_iter().map(|frame| frame.to_vec()).collect()
}

pub async fn heads(mut buffer: BytesMut) -> Vec<BytesMut> {
    let mut kept = Vec::new();
    while buffer.len() > 4 {
        let head = buffer.split_to(4);
        kept.push(head.clone());
    }
    kept
}
