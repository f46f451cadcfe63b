// reason: may look at the error
use tokio::sync::Mutex;

struct Port {
    bytes: Mutex<Vec<u8>>,
}

impl Port {
    async fn push(&self, byte: u8) {
        self.bytes.lock().await.push(byte);
    }

    fn len(&self) -> Result<usize, String> {
        match self.bytes.try_lock() {
            Ok(bytes) => Ok(bytes.len()),
            Err(error) => Err(error.to_string()),
        }
    }
}
