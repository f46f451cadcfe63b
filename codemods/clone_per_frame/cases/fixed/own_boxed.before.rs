// prefer: own
// level: safe
//! A boxed stream, under an alias, between who makes the frames and who changes them.

use std::pin::Pin;

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};

type Frames = Pin<Box<dyn Stream<Item = Bytes> + Send>>;

fn open(parts: Vec<BytesMut>) -> Pin<Box<dyn Stream<Item = Bytes> + Send>> {
    if parts.is_empty() {
        return Box::pin(futures_util::stream::iter([Bytes::new()]));
    }
    Box::pin(
        futures_util::stream::iter(parts)
            .map(|mut part| {
                let head = part.split_to(1);
                drop(head);
                part.freeze()
            })
            .fuse(),
    )
}

async fn drain(mut frames: Frames) -> usize {
    let mut total = 0;
    while let Some(frame) = frames.next().await {
        total += settle(frame.clone()).await;
    }
    total
}

async fn settle(mut frame: Bytes) -> usize {
    if frame.len() > 4 {
        bytes::Buf::advance(&mut frame, 4);
    }
    frame.truncate(128);
    frame.len()
}

pub async fn run(parts: Vec<BytesMut>) -> usize {
    drain(open(parts)).await
}
