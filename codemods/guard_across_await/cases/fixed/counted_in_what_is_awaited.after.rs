use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Mutex;

thread_local! {
    static LINES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

static SENT: AtomicU64 = AtomicU64::new(0);

fn log(line: &str) {
    LINES.with(|lines| lines.borrow_mut().push(line.to_owned()));
}

pub struct Outbox {
    letters: Mutex<Vec<u64>>,
}

impl Outbox {
    /// What is awaited logs and counts: neither is kept in step with the letters.
    pub async fn send(&self, id: u64) {
        self.letters.lock().await.push(id);
        posted(id).await;
    }

    pub async fn clear(&self) {
        let mut letters = self.letters.lock().await;
        letters.clear();
        log("clear");
        SENT.fetch_add(1, Ordering::Relaxed);
    }
}

async fn posted(id: u64) {
    log("posted");
    SENT.fetch_add(1, Ordering::Relaxed);
    tokio::task::yield_now().await;
    log(&id.to_string());
}

pub fn sent() -> u64 {
    SENT.load(Ordering::Relaxed)
}
