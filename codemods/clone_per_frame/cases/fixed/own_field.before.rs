// prefer: own
// level: safe
//! The receiving end stands in a struct's field, the sending one in another task.

use bytes::{Bytes, BytesMut};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::sync::mpsc;

struct Worker {
    frames: mpsc::Receiver<Bytes>,
    done: usize,
}

impl Worker {
    fn new(frames: mpsc::Receiver<Bytes>) -> Self {
        Self { frames, done: 0 }
    }

    async fn run(&mut self) -> usize {
        while let Some(frame) = self.frames.recv().await {
            self.mask(frame.clone()).await;
        }
        self.done
    }

    async fn mask(&mut self, frame: Bytes) {
        let mut own = frame.to_vec();
        own[0] ^= 0x55;
        self.done += own.len();
    }
}

async fn pump(mut socket: TcpStream) -> std::io::Result<usize> {
    let (sender, receiver) = mpsc::channel::<Bytes>(8);
    let mut worker = Worker::new(receiver);
    let task = tokio::spawn(async move { worker.run().await });
    let mut buffer = BytesMut::with_capacity(4096);
    while socket.read_buf(&mut buffer).await? > 0 {
        if sender.send(buffer.split().freeze()).await.is_err() {
            break;
        }
    }
    drop(sender);
    Ok(task.await.unwrap_or(0))
}
