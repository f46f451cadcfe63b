use std::future::Future;
use std::io;
use std::path::Path;

use bytes::Bytes;
use tokio::fs::File;
use tokio::io::{AsyncWriteExt, BufWriter};

const HEAD: usize = 64;

/// Takes the frames of one upload, in order.
pub trait FrameSink {
    fn write_frame(&mut self, frame: Bytes) -> impl Future<Output = io::Result<()>> + Send;
}

/// Writes to a file.
pub struct FileSink {
    file: BufWriter<File>,
}

impl FileSink {
    pub async fn create(path: &Path, expected: u64) -> io::Result<Self> {
        let capacity = expected.clamp(8 * 1024, 256 * 1024) as usize;
        let file = File::create(path).await?;
        Ok(FileSink {
            file: BufWriter::with_capacity(capacity, file),
        })
    }

    /// Everything written is in the file when this returns.
    pub async fn finish(&mut self) -> io::Result<()> {
        self.file.flush().await
    }
}

impl FrameSink for FileSink {
    async fn write_frame(&mut self, frame: Bytes) -> io::Result<()> {
        self.file.write_all(&frame.to_vec()).await
    }
}

/// Collects everything in memory.
#[derive(Default)]
pub struct MemorySink {
    data: Vec<u8>,
}

impl MemorySink {
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// Forgets the bytes and keeps the room they took.
    pub fn clear(&mut self) {
        self.data.clear();
    }
}

impl FrameSink for MemorySink {
    async fn write_frame(&mut self, frame: Bytes) -> io::Result<()> {
        let bytes = frame.to_vec();
        self.data.extend_from_slice(&bytes);
        Ok(())
    }
}

/// Keeps the first bytes, to tell what kind of file it is.
#[derive(Default)]
pub struct HeadSink {
    head: Vec<u8>,
}

impl HeadSink {
    pub fn kind(&self) -> &'static str {
        sniff(self.head.clone())
    }
}

impl FrameSink for HeadSink {
    async fn write_frame(&mut self, frame: Bytes) -> io::Result<()> {
        let wanted = (HEAD - self.head.len()).min(frame.len());
        self.head.extend_from_slice(&frame[..wanted]);
        Ok(())
    }
}

fn sniff(head: Vec<u8>) -> &'static str {
    if head.starts_with(b"\x89PNG") || head.starts_with(b"\xff\xd8\xff") {
        "image"
    } else if head.starts_with(b"PK\x03\x04") || head.starts_with(b"\x1f\x8b") {
        "archive"
    } else if head.iter().all(|byte| byte.is_ascii() && *byte != 0) {
        "text"
    } else {
        "binary"
    }
}

/// Gives every frame to both sinks.
pub struct Tee<A, B> {
    first: A,
    second: B,
}

impl<A, B> Tee<A, B> {
    pub fn new(first: A, second: B) -> Self {
        Tee { first, second }
    }

    pub fn into_parts(self) -> (A, B) {
        (self.first, self.second)
    }
}

impl<A: FrameSink + Send, B: FrameSink + Send> FrameSink for Tee<A, B> {
    async fn write_frame(&mut self, frame: Bytes) -> io::Result<()> {
        // Both sinks own what they write, and the second needs it after the first has it.
        self.first.write_frame(frame.clone()).await?;
        self.second.write_frame(frame).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn both_sinks_get_every_frame() {
        let mut tee = Tee::new(MemorySink::default(), HeadSink::default());
        for frame in ["\x1f", "ab", "", "c"] {
            tee.write_frame(Bytes::from(frame)).await.unwrap();
        }
        let (memory, head) = tee.into_parts();
        assert_eq!(memory.data(), b"\x1fabc");
        assert_eq!(head.kind(), "text");
    }

    #[tokio::test]
    async fn only_the_head_is_kept() {
        let mut sink = HeadSink::default();
        for _ in 0..3 {
            let frame = Bytes::from(vec![0; HEAD - 1]);
            sink.write_frame(frame).await.unwrap();
        }
        assert_eq!(sink.head.len(), HEAD);
        assert_eq!(sink.kind(), "binary");
    }

    #[test]
    fn kinds() {
        assert_eq!(sniff(b"\x89PNG...".to_vec()), "image");
        assert_eq!(sniff(b"PK\x03\x04...".to_vec()), "archive");
        assert_eq!(sniff(b"plain".to_vec()), "text");
        assert_eq!(sniff(Vec::new()), "text");
        assert_eq!(sniff(vec![0xff, 0]), "binary");
    }
}
