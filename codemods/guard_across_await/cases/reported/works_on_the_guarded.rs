// reason: works on what `writer` guards while it is awaited
use tokio::io::{AsyncWriteExt, DuplexStream};
use tokio::sync::Mutex;

pub struct Connection {
    writer: Mutex<DuplexStream>,
}

impl Connection {
    pub async fn send(&self, frame: &[u8]) -> std::io::Result<()> {
        let mut writer = self.writer.lock().await;
        writer.write_u32(frame.len() as u32).await?;
        writer.write_all(frame).await?;
        writer.flush().await
    }
}
