// prefer: own
// level: safe
//! The frames are taken by an arm of a select; who is lent one only reads it.

use bytes::{Bytes, BytesMut};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::sync::mpsc;

async fn run(mut frames: mpsc::Receiver<Bytes>, mut stop: mpsc::Receiver<()>) -> usize {
    let mut sum = 0;
    loop {
        tokio::select! {
            Some(frame) = frames.recv() => {
                sum += weigh(&frame);
                scramble(frame.clone()).await;
            }
            _ = stop.recv() => break sum,
        }
    }
}

fn weigh(frame: &Bytes) -> usize {
    frame.iter().map(|b| usize::from(*b)).sum()
}

async fn scramble(frame: Bytes) {
    let mut own = frame.to_vec();
    for b in &mut own {
        *b ^= 0x55;
    }
    tracing::info!("{} bytes", own.len());
}

async fn serve(mut socket: TcpStream, stop: mpsc::Receiver<()>) -> std::io::Result<usize> {
    let (sender, receiver) = mpsc::channel(8);
    let task = tokio::spawn(run(receiver, stop));
    let mut buffer = BytesMut::with_capacity(4096);
    while socket.read_buf(&mut buffer).await? > 0 {
        if sender.send(buffer.split().freeze()).await.is_err() {
            break;
        }
    }
    drop(sender);
    Ok(task.await.unwrap_or(0))
}
