use std::pin::Pin;
use std::task::{ready, Context, Poll};

use bytes::Bytes;
use crc32fast::Hasher;
use futures_util::{Stream, StreamExt};

use crate::UploadError;

/// Takes the CRC-32 of everything that passes.
pub struct Checksum<S> {
    inner: S,
    hasher: Hasher,
    bytes: u64,
}

impl<S> Checksum<S> {
    pub fn new(inner: S) -> Self {
        Checksum {
            inner,
            hasher: Hasher::new(),
            bytes: 0,
        }
    }

    /// The checksum of what has passed so far.
    pub fn crc(&self) -> u32 {
        self.hasher.clone().finalize()
    }

    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    fn absorb(&mut self, frame: Bytes) {
        self.hasher.update(&frame);
        self.bytes += frame.len() as u64;
    }
}

impl<S> Stream for Checksum<S>
where
    S: Stream<Item = Result<Bytes, UploadError>> + Unpin,
{
    type Item = Result<Bytes, UploadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match ready!(self.inner.poll_next_unpin(cx)) {
            Some(Ok(chunk)) => {
                self.absorb(chunk.clone());
                Poll::Ready(Some(Ok(chunk)))
            }
            other => Poll::Ready(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;

    #[tokio::test]
    async fn does_not_depend_on_the_framing() {
        let frames = ["1234", "", "56789"].map(|text| Ok(Bytes::from(text)));
        let mut layer = Checksum::new(stream::iter(frames));
        while let Some(chunk) = layer.next().await {
            chunk.unwrap();
        }
        assert_eq!(layer.crc(), 0xcbf4_3926);
        assert_eq!(layer.bytes(), 9);
    }
}
