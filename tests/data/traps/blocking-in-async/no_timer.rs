// package: no-timer
// left: slept
// naive: panicked
// swap: std::thread::sleep(Duration::from_millis(20)) => tokio::time::sleep(Duration::from_millis(20)).await
// end: kept
// words: builds a runtime without its timer
use std::time::Duration;

pub async fn rest() {
    std::thread::sleep(Duration::from_millis(20));
}

pub fn run() -> String {
    let slept = std::panic::catch_unwind(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
        runtime.block_on(rest())
    });
    (if slept.is_ok() { "slept" } else { "panicked" }).to_string()
}
