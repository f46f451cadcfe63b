// level: review

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::Mutex;

thread_local! {
    static LINES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn note_line(line: &str) {
    LINES.with(|lines| lines.borrow_mut().push(line.to_string()));
}

/// Two numbers that nobody looks at together: which of them comes first is not seen.
pub(crate) struct Answers {
    answered: Mutex<u64>,
    sent: AtomicU64,
}

impl Answers {
    async fn send(&self, bytes: u64) {
        tokio::time::sleep(Duration::from_millis(1)).await;
        note_line("sent");
        self.sent.fetch_add(bytes, Ordering::SeqCst);
    }

    pub(crate) async fn answer(&self) {
        let mut answered = self.answered.lock().await;
        *answered += 1;
        self.send(20).await;
    }

    pub(crate) async fn refuse(&self) {
        let mut answered = self.answered.lock().await;
        *answered += 1;
        self.send(1).await;
    }

    pub(crate) async fn answered(&self) -> u64 {
        *self.answered.lock().await
    }

    pub(crate) fn sent(&self) -> u64 {
        self.sent.load(Ordering::SeqCst)
    }
}
