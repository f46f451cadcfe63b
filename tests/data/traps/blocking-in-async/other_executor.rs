// package: other-executor
// left: read
// naive: panicked
// swap: std::fs::read(file!()).is_ok() => tokio::fs::read(file!()).await.is_ok()
// end: kept
// words: runs futures without a runtime
pub async fn is_there() -> bool {
    std::fs::read(file!()).is_ok()
}

pub fn run() -> String {
    let read = std::panic::catch_unwind(|| futures::executor::block_on(is_there()));
    (if read.is_ok() { "read" } else { "panicked" }).to_string()
}
