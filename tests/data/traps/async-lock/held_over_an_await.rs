// left: both
// naive: stuck
// swap: use tokio::sync::Mutex; => use std::sync::Mutex;
// swap: .lock().await => .lock().unwrap()
// end: kept
use std::sync::mpsc::channel;
use std::time::Duration;

use tokio::sync::Mutex;

pub struct Jobs {
    open: Mutex<Vec<u32>>,
}

async fn work(job: u32) -> u32 {
    tokio::task::yield_now().await;
    job
}

impl Jobs {
    pub async fn next(&self) -> u32 {
        match self.open.lock().await.pop() {
            Some(job) => work(job).await,
            None => 0,
        }
    }
}

pub fn run() -> String {
    let (done, waits) = channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let jobs = Jobs { open: Mutex::new(vec![1, 2]) };
        let _ = done.send(runtime.block_on(async { tokio::join!(jobs.next(), jobs.next()) }));
    });
    let both = waits.recv_timeout(Duration::from_millis(400)).is_ok();
    (if both { "both" } else { "stuck" }).to_string()
}
