// reason: `remember` needs its parameter as its own
//! The private function stores what it is given.

use std::collections::VecDeque;

use tokio::sync::mpsc::{Receiver, Sender};

#[derive(Default)]
struct History {
    frames: VecDeque<Vec<u8>>,
}

impl History {
    fn remember(&mut self, frame: Vec<u8>) {
        if self.frames.len() == 8 {
            self.frames.pop_front();
        }
        self.frames.push_back(frame);
    }

    async fn run(&mut self, mut frames: Receiver<Vec<u8>>, out: Sender<Vec<u8>>) {
        while let Some(frame) = frames.recv().await {
            self.remember(frame.clone());
            let _ = out.send(frame).await;
        }
    }
}
