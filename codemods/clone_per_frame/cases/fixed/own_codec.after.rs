// prefer: own
// level: safe
//! Frames of a codec are frozen only to be copied back: each is changed in place.

use std::io;

use bytes::BytesMut;
use futures_util::{Stream, StreamExt, TryStreamExt};
use tokio::io::AsyncRead;
use tokio_util::codec::{FramedRead, LengthDelimitedCodec};

fn frames(source: impl AsyncRead) -> impl Stream<Item = io::Result<BytesMut>> {
    FramedRead::new(source, LengthDelimitedCodec::new())
}

pub async fn sum(source: impl AsyncRead) -> io::Result<u64> {
    let mut frames = std::pin::pin!(frames(source));
    let mut sum = 0;
    while let Some(frame) = frames.next().await {
        let frame = frame?;
        let mut plain = frame;
        unmask(&mut plain);
        sum += plain.iter().map(|byte| u64::from(*byte)).sum::<u64>();
    }
    Ok(sum)
}

fn upper(source: impl AsyncRead + Send + 'static) -> futures_util::stream::BoxStream<'static, io::Result<BytesMut>> {
    FramedRead::new(source, LengthDelimitedCodec::new())
        .try_filter(|frame| std::future::ready(!frame.is_empty()))
        .boxed()
}

pub async fn shout(source: impl AsyncRead + Send + 'static) -> io::Result<u64> {
    let mut lines = upper(source);
    let mut shouted = 0;
    while let Some(line) = lines.try_next().await? {
        let mut loud = line;
        loud.make_ascii_uppercase();
        loud.extend_from_slice(b"!");
        if loud.starts_with(b"A") {
            shouted += 1;
        }
    }
    Ok(shouted)
}

fn unmask(frame: &mut [u8]) {
    for byte in frame {
        *byte ^= 0x55;
    }
}
