// left: free
// naive: busy
// swap: std::fs::read(path) => tokio::fs::read(path).await
// end: told
// words: happened without a pause, and no longer do
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

static BUSY: AtomicBool = AtomicBool::new(false);

pub async fn size(path: &str) -> usize {
    BUSY.store(true, Ordering::SeqCst);
    let size = std::fs::read(path).map_or(0, |found| found.len());
    BUSY.store(false, Ordering::SeqCst);
    size
}

pub fn run() -> String {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(1)
        .build()
        .unwrap();
    runtime.block_on(async {
        let (open, gate) = std::sync::mpsc::channel::<()>();
        tokio::task::spawn_blocking(move || gate.recv()); // keeps the pool's only thread
        let _ = tokio::time::timeout(Duration::from_millis(1), size(file!())).await;
        open.send(()).unwrap();
    });
    (if BUSY.load(Ordering::SeqCst) { "busy" } else { "free" }).to_string()
}
