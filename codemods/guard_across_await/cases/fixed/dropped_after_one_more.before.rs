use tokio::sync::Mutex;

pub struct Log {
    lines: Vec<String>,
}

impl Log {
    async fn flush(&mut self) {
        tokio::task::yield_now().await;
        self.lines.clear();
    }
}

pub async fn rotate(log: &Mutex<Log>) {
    let mut log = log.lock().await;
    log.flush().await;
    announce().await;
    drop(log);
}

async fn announce() {
    tokio::task::yield_now().await;
}
