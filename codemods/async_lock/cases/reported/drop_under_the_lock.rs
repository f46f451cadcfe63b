// reason: `Drop` of `Session` (
use std::path::PathBuf;

use tokio::sync::Mutex;

struct Session {
    file: PathBuf,
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.file);
    }
}

struct Sessions {
    open: Mutex<Vec<Session>>,
}

impl Sessions {
    async fn end(&self) {
        self.open.lock().await.clear();
    }

    async fn count(&self) -> usize {
        self.open.lock().await.len()
    }
}
