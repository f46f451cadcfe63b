// left: read
// naive: panicked
// swap: let text = std::fs::read_to_string(&path)?; => tokio::task::block_in_place(|| { let text = std::fs::read_to_string(&path)?;
// swap: Ok(text.len() as u64 + std::fs::metadata(&path)?.len()) => Ok(text.len() as u64 + std::fs::metadata(&path)?.len()) })
// end: same, review
// words: on a thread that may block
use std::io;

pub async fn sizes(path: String) -> io::Result<u64> {
    let text = std::fs::read_to_string(&path)?;
    Ok(text.len() as u64 + std::fs::metadata(&path)?.len())
}

pub fn run() -> String {
    let read = std::panic::catch_unwind(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(sizes(file!().to_string())).is_ok()
    });
    (if read.is_ok() { "read" } else { "panicked" }).to_string()
}
