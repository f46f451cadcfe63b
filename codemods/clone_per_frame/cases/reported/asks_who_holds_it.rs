// options: reuse = false
// reason: `try_into_mut` at line 8 asks who else holds `frame`
//! Whether the buffer is unique is what the code asks.

use bytes::{Bytes, BytesMut};

pub async fn thaw(frame: Bytes) -> Result<BytesMut, Bytes> {
    frame.clone().try_into_mut()
}

pub async fn alone(frame: Bytes) -> bool {
    let kept = frame.clone();
    frame.is_unique() || kept.is_empty()
}

pub async fn copy_is_alone(frame: Bytes) -> bool {
    let kept = frame.clone();
    kept.is_unique()
}

pub async fn by_path(frame: Bytes) -> bool {
    let kept = frame.clone();
    Bytes::is_unique(&frame) && !kept.is_empty()
}

fn mutable(frame: Bytes) -> Option<BytesMut> {
    frame.try_into_mut().ok()
}

pub async fn in_the_callee(frame: Bytes) -> Option<BytesMut> {
    mutable(frame.clone())
}
