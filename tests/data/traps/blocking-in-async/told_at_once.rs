// left: false
// naive: true
// swap: use std::io::Write; => use tokio::io::AsyncWriteExt;
// swap: std::fs::File::open(path)? => tokio::fs::File::open(path).await?
// swap: file.write_all(line.as_bytes())? => file.write_all(line.as_bytes()).await?
// end: same, review
// words: on a thread that may block
use std::io::Write;
use std::path::PathBuf;

pub async fn append(path: PathBuf, line: String) -> std::io::Result<()> {
    let mut file = std::fs::File::open(path)?; // not for writing
    file.write_all(line.as_bytes())?;
    Ok(())
}

pub fn run() -> String {
    let path = std::env::temp_dir().join(format!("at-once-{}", std::process::id()));
    std::fs::write(&path, "").unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let told = runtime.block_on(append(path.clone(), "line".to_string())).is_ok();
    std::fs::remove_file(&path).unwrap();
    told.to_string()
}
