// reason: `measure` is public
//! The function only reads, but who calls it from outside is not known.

use tokio::sync::mpsc::Receiver;

pub async fn total(mut frames: Receiver<Vec<u8>>) -> (usize, Vec<Vec<u8>>) {
    let (mut bytes, mut kept) = (0, Vec::new());
    while let Some(frame) = frames.recv().await {
        bytes += measure(frame.clone());
        kept.push(frame);
    }
    (bytes, kept)
}

pub fn measure(frame: Vec<u8>) -> usize {
    frame.iter().filter(|byte| **byte != 0).count()
}
