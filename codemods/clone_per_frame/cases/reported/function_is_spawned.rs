// reason: which must own what it takes
//! The function only reads, but its future outlives the caller.

use tokio::sync::mpsc::Receiver;

pub async fn run(mut frames: Receiver<Vec<u8>>) -> Vec<Vec<u8>> {
    let mut kept = Vec::new();
    while let Some(frame) = frames.recv().await {
        audit(frame.clone()).await;
        tokio::spawn(audit(frame.clone()));
        kept.push(frame);
    }
    kept
}

async fn audit(frame: Vec<u8>) {
    tracing::info!("{} bytes", frame.len());
}
