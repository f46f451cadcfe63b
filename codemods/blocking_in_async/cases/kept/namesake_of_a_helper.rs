use std::io::Write;
use tokio::io::AsyncWriteExt;

pub struct Sink(pub std::path::PathBuf);

impl Write for Sink {
    fn write(&mut self, data: &[u8]) -> std::io::Result<usize> {
        Ok(data.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        std::fs::remove_file(&self.0)
    }
}

pub async fn ended(out: &mut tokio::fs::File) -> std::io::Result<()> {
    out.flush().await
}
