// left: woken
// naive: for ever
// swap: thread::park(); => tokio::task::spawn_blocking(thread::park).await.unwrap();
// end: kept
// words: `thread::park` means its own task or thread
use std::sync::mpsc::Sender;
use std::thread::{self, Thread};
use std::time::Duration;

pub async fn wait(known: Sender<Thread>) {
    known.send(thread::current()).unwrap();
    tokio::task::yield_now().await;
    thread::park();
}

pub fn run() -> String {
    let (known, waits) = std::sync::mpsc::channel();
    let waker = thread::spawn(move || {
        let thread: Thread = waits.recv().unwrap();
        thread.unpark();
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let limit = Duration::from_millis(300);
    let woken = runtime.block_on(async { tokio::time::timeout(limit, wait(known)).await.is_ok() });
    runtime.shutdown_background();
    waker.join().unwrap();
    (if woken { "woken" } else { "for ever" }).to_string()
}
