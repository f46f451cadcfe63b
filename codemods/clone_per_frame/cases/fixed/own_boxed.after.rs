// prefer: own
// level: safe
//! A boxed stream, under an alias, between who makes the frames and who changes them.

use std::pin::Pin;

use bytes::BytesMut;
use futures_util::{Stream, StreamExt};

type Frames = Pin<Box<dyn Stream<Item = BytesMut> + Send>>;

fn open(parts: Vec<BytesMut>) -> Pin<Box<dyn Stream<Item = BytesMut> + Send>> {
    if parts.is_empty() {
        return Box::pin(futures_util::stream::iter([BytesMut::new()]));
    }
    Box::pin(
        futures_util::stream::iter(parts)
            .map(|mut part| {
                let head = part.split_to(1);
                drop(head);
                part
            })
            .fuse(),
    )
}

async fn drain(mut frames: Frames) -> usize {
    let mut total = 0;
    while let Some(mut frame) = frames.next().await {
        total += settle(&mut frame).await;
    }
    total
}

async fn settle(frame: &mut BytesMut) -> usize {
    if frame.len() > 4 {
        bytes::Buf::advance(frame, 4);
    }
    frame.truncate(128);
    frame.len()
}

pub async fn run(parts: Vec<BytesMut>) -> usize {
    drain(open(parts)).await
}
