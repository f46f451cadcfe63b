use tokio::sync::Mutex;

struct Connection {
    writer: Mutex<Vec<u8>>,
}

impl Connection {
    async fn send(&self, line: &[u8]) {
        let mut writer = self.writer.lock().await;
        writer.extend_from_slice(line);
        flush(&writer).await;
    }

    async fn len(&self) -> usize {
        self.writer.lock().await.len()
    }
}

async fn flush(_: &[u8]) {}
