// prefer: own
// level: safe
//! Copied in order to be changed: the frames can be owned from where they are split off.

use bytes::BytesMut;
use tokio::sync::mpsc::{self, Receiver, Sender};

async fn produce(out: Sender<BytesMut>, mut buffer: BytesMut) {
    while buffer.len() >= 16 {
        let frame = buffer.split_to(16);
        tracing::trace!("{} bytes", frame.len());
        if out.send(frame).await.is_err() {
            break;
        }
    }
}

async fn consume(mut frames: Receiver<BytesMut>) -> u64 {
    let mut sum = 0;
    while let Some(frame) = frames.recv().await {
        if frame[0] == 0 {
            continue;
        }
        let mut swapped = frame;
        swapped.reverse();
        swapped[1..].fill(0);
        for byte in swapped.iter_mut() {
            *byte = byte.wrapping_add(1);
        }
        sum += u64::from(swapped[0]) + swapped.len() as u64;
    }
    sum
}

pub async fn run(buffer: BytesMut) -> u64 {
    let (tx, rx) = mpsc::channel(4);
    tokio::spawn(produce(tx, buffer));
    consume(rx).await
}
