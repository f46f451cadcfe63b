// prefer: own
// level: safe
//! A codec and a stream of the workspace's own: what they give changes with their `Item`.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use tokio::io::AsyncRead;
use tokio_util::codec::{Decoder, FramedRead};

struct Lines;

impl Decoder for Lines {
    type Item = Bytes;
    type Error = io::Error;

    fn decode(&mut self, src: &mut BytesMut) -> Result<Option<Bytes>, io::Error> {
        let Some(end) = src.iter().position(|byte| *byte == b'\n') else {
            return Ok(None);
        };
        let line = src.split_to(end);
        src.advance(1);
        if line.is_empty() {
            return Ok(Some(Bytes::new()));
        }
        Ok(Some(line.freeze()))
    }

    fn decode_eof(&mut self, src: &mut BytesMut) -> Result<Option<Self::Item>, io::Error> {
        match self.decode(src)? {
            Some(line) => Ok(Some(line)),
            None if src.is_empty() => Ok(None),
            None => Ok(Some(src.split().freeze())),
        }
    }
}

pub async fn shout(source: impl AsyncRead + Unpin) -> io::Result<usize> {
    let mut lines = FramedRead::new(source, Lines);
    let mut total = 0;
    while let Some(line) = lines.next().await {
        let line = line?;
        let mut loud = line.to_vec();
        loud.make_ascii_uppercase();
        total += loud.len();
    }
    Ok(total)
}

struct Halves {
    rest: BytesMut,
}

impl Halves {
    fn new(rest: BytesMut) -> Self {
        Halves { rest }
    }
}

impl Stream for Halves {
    type Item = Bytes;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let half = self.rest.len() / 2;
        if half == 0 {
            Poll::Ready(None)
        } else {
            Poll::Ready(Some(self.rest.split_to(half).freeze()))
        }
    }
}

pub async fn masked(rest: BytesMut) -> usize {
    let mut halves = Halves::new(rest);
    let mut total = 0;
    while let Some(half) = halves.next().await {
        let mut half = half.to_vec();
        half[0] = 0;
        total += half.len();
    }
    total
}
