// prefer: own
// reason: `handle` belongs to a trait, which fixes its parameters
//! The trait says what its methods take; other impls of it may be elsewhere.

use bytes::Bytes;
use tokio::sync::mpsc::Receiver;

pub trait Handler {
    fn handle(&mut self, frame: Bytes) -> usize;
}

pub struct Sum(usize);

impl Handler for Sum {
    fn handle(&mut self, frame: Bytes) -> usize {
        for _ in 0..2 {
            let mut masked = frame.to_vec();
            masked[0] = 0;
            self.0 += masked.len();
        }
        self.0
    }
}

pub async fn run(mut frames: Receiver<Bytes>, handler: &mut Sum) {
    while let Some(frame) = frames.recv().await {
        handler.handle(frame);
    }
}
