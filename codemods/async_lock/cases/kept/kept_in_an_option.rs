use tokio::sync::Mutex;

struct Writer {
    out: Mutex<Vec<u8>>,
}

impl Writer {
    async fn write(&self, wanted: bool) {
        let out = if wanted { Some(self.out.lock().await) } else { None };
        tokio::task::yield_now().await;
        if let Some(mut out) = out {
            out.push(1);
        }
    }
}
