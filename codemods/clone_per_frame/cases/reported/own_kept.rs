// prefer: own
// reason: line 17 gives `frame` to `all.send`, which may keep it
//! The frame is changed in a copy, and the original sent on: somebody else has it.

use bytes::Bytes;
use tokio::sync::mpsc::{Receiver, Sender};

pub async fn run(mut frames: Receiver<Bytes>, all: Sender<Bytes>) -> u64 {
    let mut sum = 0;
    while let Some(frame) = frames.recv().await {
        if frame.len() < 2 {
            continue;
        }
        let mut masked = frame.to_vec();
        masked[0] = 0;
        sum += masked.iter().map(|byte| u64::from(*byte)).sum::<u64>();
        let _ = all.send(frame).await;
    }
    sum
}
