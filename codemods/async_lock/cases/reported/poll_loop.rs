// reason: is the only await of the loop in line 10
use tokio::sync::Mutex;

struct Gate {
    open: Mutex<Vec<u8>>,
}

impl Gate {
    async fn wait(&self) {
        while self.open.lock().await.is_empty() {}
    }

    async fn open(&self) {
        self.open.lock().await.push(1);
    }
}
