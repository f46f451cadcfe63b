// left: operation would block
// naive: try_lock failed because the operation would block
// swap: use tokio::sync::Mutex; => use std::sync::Mutex;
// swap: .lock().await => .lock().unwrap()
// end: kept
// words: may look at the error
use tokio::sync::Mutex;

pub struct Port {
    bytes: Mutex<Vec<u8>>,
}

impl Port {
    pub async fn push(&self, byte: u8) {
        self.bytes.lock().await.push(byte);
    }

    pub fn len(&self) -> Result<usize, String> {
        match self.bytes.try_lock() {
            Ok(bytes) => Ok(bytes.len()),
            Err(error) => Err(error.to_string()),
        }
    }
}

pub fn run() -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let port = Port { bytes: Mutex::new(Vec::new()) };
    runtime.block_on(async {
        port.push(1).await;
        let held = port.bytes.lock().await;
        let told = port.len();
        drop(held);
        told.unwrap_err()
    })
}
