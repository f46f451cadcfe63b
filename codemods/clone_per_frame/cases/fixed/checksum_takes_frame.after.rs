// level: safe
//! The frame is needed after the checksum has seen it: the private method can borrow it.

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use tokio::sync::mpsc::Sender;

#[derive(Default)]
struct Checksum {
    sum: u32,
    bytes: u64,
}

impl Checksum {
    fn absorb(&mut self, frame: &Bytes) {
        for byte in frame.iter() {
            self.sum = self.sum.wrapping_mul(31).wrapping_add(u32::from(*byte));
        }
        self.bytes += frame.len() as u64;
    }

    async fn run<S>(&mut self, mut frames: S, next: Sender<Bytes>) -> Option<u32>
    where
        S: Stream<Item = Bytes> + Unpin,
    {
        while let Some(frame) = frames.next().await {
            self.absorb(&frame);
            next.send(frame).await.ok()?;
        }
        // The trailer counts too.
        self.absorb(&Bytes::from_static(b"\0"));
        Some(self.sum)
    }
}
