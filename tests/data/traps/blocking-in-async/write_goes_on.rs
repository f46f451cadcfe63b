// left: new
// naive: old
// swap: std::fs::write(&path, text) => tokio::fs::write(path, text).await
// end: told
// words: a task that is dropped meanwhile does not stop it
use std::path::PathBuf;
use std::time::Duration;

pub async fn save(path: PathBuf, text: String) -> std::io::Result<()> {
    std::fs::write(&path, text)
}

pub fn run() -> String {
    let path = std::env::temp_dir().join(format!("goes-on-{}", std::process::id()));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(1)
        .build()
        .unwrap();
    let (open, gate) = std::sync::mpsc::channel::<()>();
    runtime.block_on(async {
        tokio::task::spawn_blocking(move || gate.recv()); // keeps the pool's only thread
        let saved = save(path.clone(), "old".to_string());
        let _ = tokio::time::timeout(Duration::from_millis(1), saved).await;
    });
    std::fs::write(&path, "new").unwrap(); // somebody else's turn, now that it was given up
    open.send(()).unwrap();
    runtime.block_on(async { tokio::task::spawn_blocking(|| ()).await.unwrap() });
    let told = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    told
}
