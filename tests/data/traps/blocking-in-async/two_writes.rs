// left: data length
// naive: data
// swap: std::fs::write(folder.join("data"), &text)? => tokio::fs::write(folder.join("data"), text.clone()).await?
// swap: std::fs::write(folder.join("length"), text.len().to_string())? => tokio::fs::write(folder.join("length"), text.len().to_string()).await?
// end: same, review
// words: on a thread that may block
use std::path::PathBuf;
use std::time::Duration;

pub async fn save(folder: PathBuf, text: String) -> std::io::Result<()> {
    std::fs::write(folder.join("data"), &text)?;
    std::fs::write(folder.join("length"), text.len().to_string())?;
    Ok(())
}

pub fn run() -> String {
    let folder = std::env::temp_dir().join(format!("two-writes-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(1)
        .build()
        .unwrap();
    runtime.block_on(async {
        let (open, gate) = std::sync::mpsc::channel::<()>();
        tokio::task::spawn_blocking(move || gate.recv()); // keeps the pool's only thread
        let saved = save(folder.clone(), "whole".to_string());
        let _ = tokio::time::timeout(Duration::from_millis(1), saved).await;
        open.send(()).unwrap();
        tokio::task::spawn_blocking(|| ()).await.unwrap(); // behind all that is still queued
    });
    let there = ["data", "length"].into_iter().filter(|name| folder.join(name).exists());
    let told = there.collect::<Vec<_>>().join(" ");
    std::fs::remove_dir_all(&folder).unwrap();
    told
}
