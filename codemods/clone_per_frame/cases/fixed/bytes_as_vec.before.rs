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
        let bytes = frame.to_vec();
        self.tail.extend_from_slice(&bytes);
        if frame.to_vec().starts_with(&self.magic) {
            self.tail.clear();
        }
        self.file.write_all(&frame.to_vec()).await?;
        self.file.flush().await
    }

    pub async fn write_all_frames(&mut self, frames: Vec<Bytes>) -> io::Result<usize> {
        let mut written = 0;
        for frame in &frames {
            self.tail.extend(frame.to_vec());
            written += frame.to_vec().len();
            self.file.write_all(&frame.to_vec()).await?;
        }
        Ok(written)
    }
}
