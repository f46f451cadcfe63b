use bytes::{Buf, Bytes, BytesMut};
use futures::{Stream, StreamExt, TryStreamExt};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::AsyncRead;
use tokio::sync::mpsc;
use tokio_util::codec::{Decoder, FramedRead, LengthDelimitedCodec};

// 1: a channel; frames are edited in copies, two functions down the line
async fn feed(out: mpsc::Sender<Bytes>, seed: u8) {
    let mut buffer = BytesMut::with_capacity(64);
    for n in 0..5u8 {
        buffer.extend_from_slice(&[seed, n, seed ^ n, 9]);
        let frame = buffer.split().freeze();
        assert_eq!(frame.len(), 4);
        if out.send(frame).await.is_err() {
            return;
        }
    }
}

async fn mask(key: u8, mut frame: Bytes) -> u32 {
    frame.advance(1);
    let mut own = frame.to_vec();
    for byte in &mut own {
        *byte ^= key;
    }
    own.extend_from_slice(b"end");
    sum(&own)
}

fn sum(bytes: &[u8]) -> u32 {
    bytes.iter().map(|b| u32::from(*b)).sum()
}

async fn relay(key: u8, frame: Bytes) -> u32 {
    if frame.is_empty() {
        return 0;
    }
    mask(key, frame).await
}

async fn consume(mut frames: mpsc::Receiver<Bytes>) -> u32 {
    let mut total = 0;
    while let Some(frame) = frames.recv().await {
        let first = frame[0];
        total += u32::from(first);
        total = total.wrapping_mul(3) + relay(7, frame.clone()).await;
    }
    total
}

// 2: a codec of another crate
fn frames(data: Vec<u8>) -> impl Stream<Item = io::Result<Bytes>> {
    FramedRead::new(io::Cursor::new(data), LengthDelimitedCodec::new()).map_ok(BytesMut::freeze)
}

async fn two() {
    let mut data = Vec::new();
    for n in 1..6u8 {
        data.extend_from_slice(&[0, 0, 0, n]);
        data.extend((0..n).map(|b| b'a' + b));
    }
    let mut frames = frames(data);
    let mut shown = String::new();
    while let Some(frame) = frames.try_next().await.unwrap() {
        let mut loud = BytesMut::from(&frame[..]);
        loud.make_ascii_uppercase();
        loud.extend_from_slice(b"!");
        shown.push_str(std::str::from_utf8(&loud).unwrap());
    }
    println!("two {shown}");
}

// 3: only read, twice; a boxed stream
fn open(parts: Vec<&'static [u8]>) -> Pin<Box<dyn Stream<Item = Bytes> + Send>> {
    Box::pin(async_stream::stream! {
        let mut buffer = BytesMut::new();
        for part in parts {
            buffer.extend_from_slice(part);
            yield buffer.split().freeze();
        }
    })
}

async fn show(frame: Bytes) -> String {
    format!("{:?}/{}", frame, frame.len())
}

async fn three() {
    let mut frames = open(vec![b"ab", b"c", b"\0\n"]);
    let mut out = Vec::new();
    while let Some(frame) = frames.next().await {
        out.push(show(frame.clone()).await);
        let again = frame.clone();
        out.push(show(again).await);
    }
    println!("three {out:?}");
}

async fn four() {
    let (tx, rx) = mpsc::channel(2);
    tokio::join!(feed(tx, 5), async { println!("four {}", consume(rx).await) });
}

// 4: a codec and a stream of its own
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

async fn shout(source: impl AsyncRead + Unpin, seen: &mut Vec<u8>) -> io::Result<usize> {
    let mut lines = FramedRead::new(source, Lines);
    let mut total = 0;
    while let Some(line) = lines.next().await {
        let line = line?;
        let mut loud = line.to_vec();
        loud.make_ascii_uppercase();
        seen.extend_from_slice(&loud);
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

async fn masked(rest: BytesMut, seen: &mut Vec<u8>) -> usize {
    let mut halves = Halves::new(rest);
    let mut total = 0;
    while let Some(half) = halves.next().await {
        let mut half = half.to_vec();
        half[0] = 0;
        seen.extend_from_slice(&half);
        total += half.len();
    }
    total
}

#[tokio::main]
async fn main() {
    two().await;
    three().await;
    four().await;
    let mut seen = Vec::new();
    println!("five {}", shout(&b"one\n\ntwo\nthree"[..], &mut seen).await.unwrap());
    println!("six {}", masked(BytesMut::from(&b"0123456789abcdef"[..]), &mut seen).await);
    println!("{seen:?}");
}
