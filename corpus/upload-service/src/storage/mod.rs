//! Files on disk: a staging folder for what is coming in, one blob per finished upload, and the
//! manifest that names them.

mod manifest;
mod quota;
mod sink;

pub use manifest::Manifest;
pub use quota::Quota;
pub use sink::{FileSink, FrameSink, HeadSink, MemorySink, Tee};

use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::{Bytes, BytesMut};
use crc32fast::Hasher;
use futures_util::{Stream, StreamExt};
use tokio::fs::{self, File};
use tokio::io::AsyncReadExt;

use crate::UploadError;

const READ_SIZE: usize = 64 * 1024;

/// Where blobs live. Their names are never used twice, so a reader keeps the bytes it began with.
pub struct Storage {
    root: PathBuf,
    epoch: u128,
}

/// An upload that is complete on disk but has no name yet.
#[derive(Debug)]
pub struct Staged {
    pub path: PathBuf,
    pub bytes: u64,
    pub kind: String,
}

impl Storage {
    /// Opens the folder and throws away what an earlier run left half done.
    pub async fn open(root: PathBuf) -> io::Result<Self> {
        let staging = root.join("staging");
        match fs::remove_dir_all(&staging).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        for folder in ["staging", "blobs", "reports"] {
            fs::create_dir_all(root.join(folder)).await?;
        }
        let epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_nanos());
        Ok(Storage { root, epoch })
    }

    pub fn staging_path(&self, ticket: u64) -> PathBuf {
        self.root.join("staging").join(ticket.to_string())
    }

    pub fn blob_path(&self, ticket: u64) -> PathBuf {
        let name = format!("{:x}-{ticket}", self.epoch);
        self.root.join("blobs").join(name)
    }

    /// Where the operator may leave a few words for all users.
    pub fn notice_path(&self) -> PathBuf {
        self.root.join("notice")
    }

    /// Writes all frames to the staging file of `ticket`; `expected` sizes the write buffer.
    pub async fn stage<S>(
        &self,
        ticket: u64,
        expected: u64,
        frames: &mut S,
    ) -> Result<Staged, UploadError>
    where
        S: Stream<Item = Result<Bytes, UploadError>> + Unpin + Send,
    {
        let path = self.staging_path(ticket);
        let file = FileSink::create(&path, expected).await?;
        let mut sink = Tee::new(file, HeadSink::default());
        let bytes = pump(frames, &mut sink).await?;
        let (mut file, head) = sink.into_parts();
        file.finish().await?;
        Ok(Staged {
            path,
            bytes,
            kind: head.kind().to_owned(),
        })
    }

    pub async fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path).await
    }

    pub async fn size(&self, path: &Path) -> io::Result<u64> {
        Ok(fs::metadata(path).await?.len())
    }

    /// The checksum of a file as it is on disk now.
    pub async fn crc(&self, path: PathBuf) -> io::Result<u32> {
        let mut file = File::open(&path).await?;
        let mut hasher = Hasher::new();
        let mut buffer = BytesMut::with_capacity(READ_SIZE);
        while file.read_buf(&mut buffer).await? > 0 {
            let frame = buffer.clone();
            hasher.update(&frame);
            buffer.clear();
        }
        Ok(hasher.finalize())
    }
}

/// Moves all frames into `sink` and returns how many bytes there were.
pub async fn pump<S, K>(frames: &mut S, sink: &mut K) -> Result<u64, UploadError>
where
    S: Stream<Item = Result<Bytes, UploadError>> + Unpin + Send,
    K: FrameSink + Send,
{
    let mut total = 0;
    while let Some(frame) = frames.next().await {
        let frame = frame?;
        total += frame.len() as u64;
        sink.write_frame(frame.clone()).await?;
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;

    #[tokio::test]
    async fn staged_bytes_are_on_disk() {
        let root = std::env::temp_dir().join(format!("staged-{}", std::process::id()));
        let storage = Storage::open(root.clone()).await.unwrap();
        let mut frames = stream::iter(["12345", "6789"].map(|text| Ok(Bytes::from(text))));
        let staged = storage.stage(1, 0, &mut frames).await.unwrap();
        assert_eq!((staged.bytes, staged.kind.as_str()), (9, "text"));
        assert_eq!(storage.read(&staged.path).await.unwrap(), b"123456789");
        assert_eq!(storage.size(&staged.path).await.unwrap(), 9);
        assert_eq!(storage.crc(staged.path).await.unwrap(), 0xcbf4_3926);
        fs::remove_dir_all(root).await.unwrap();
    }

    #[tokio::test]
    async fn pump_stops_at_the_first_error() {
        let mut frames = stream::iter([
            Ok(Bytes::from("abc")),
            Err(UploadError::SessionOver),
            Ok(Bytes::from("def")),
        ]);
        let mut sink = MemorySink::default();
        let error = pump(&mut frames, &mut sink).await.unwrap_err();
        assert!(matches!(error, UploadError::SessionOver));
        assert_eq!(sink.data(), b"abc");
    }
}
