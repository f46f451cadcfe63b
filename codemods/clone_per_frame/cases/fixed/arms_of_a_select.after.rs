// level: safe
//! What an arm binds is its own: it may be given away, or read where it is.

use bytes::Bytes;
use tokio::sync::mpsc::{Receiver, Sender};

pub async fn latest(mut frames: Receiver<Vec<u8>>, mut stop: Receiver<()>) -> Vec<u8> {
    let mut last = Vec::new();
    loop {
        tokio::select! {
            Some(frame) = frames.recv() => last = frame,
            _ = stop.recv() => break last,
        }
    }
}

pub async fn route(mut frames: Receiver<Bytes>, mut texts: Receiver<String>, out: Sender<Bytes>) {
    loop {
        tokio::select! {
            biased;
            Some(frame) = frames.recv(), if !out.is_closed() => {
                if frame.is_empty() {
                    continue;
                }
                let _ = out.send(frame).await;
            }
            text = texts.recv() => {
                let Some(text) = text else { break };
                println!("{}", text);
            }
        }
    }
}
