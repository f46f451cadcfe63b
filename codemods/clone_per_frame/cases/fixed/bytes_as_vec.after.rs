// level: safe
//! Frames copied into a Vec only to be seen as a slice.

use std::io;

use bytes::Bytes;
use tokio::io::{AsyncWrite, AsyncWriteExt};

pub struct Recorder<W> {
    file: W,
    tail: Vec<u8>,
    magic: [u8; 2],
}

impl<W: AsyncWrite + Unpin> Recorder<W> {
    pub async fn write_frame(&mut self, frame: Bytes) -> io::Result<()> {
        let bytes = &frame;
        self.tail.extend_from_slice(bytes);
        if frame.starts_with(&self.magic) {
            self.tail.clear();
        }
        self.file.write_all(&frame).await?;
        self.file.flush().await
    }

    pub async fn write_all_frames(&mut self, frames: Vec<Bytes>) -> io::Result<usize> {
        let mut written = 0;
        for frame in &frames {
            self.tail.extend_from_slice(frame);
            written += frame.len();
            self.file.write_all(frame).await?;
        }
        Ok(written)
    }
}
