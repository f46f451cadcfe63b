use tokio::sync::{Mutex, MutexGuard};

pub struct Ledger {
    lines: Mutex<Vec<String>>,
}

impl Ledger {
    /// Every await is done when the lock is taken.
    pub async fn add(&self, source: &str) -> usize {
        let line = fetch(source).await;
        let mut lines = self.lines.lock().await;
        lines.push(line);
        for line in lines.iter_mut() {
            line.make_ascii_lowercase();
        }
        lines.len()
    }

    pub async fn locked(&self) -> MutexGuard<'_, Vec<String>> {
        fetch("warm").await;
        self.lines.lock().await
    }

    pub async fn add_to(lines: &Mutex<Vec<String>>, source: &str) {
        lines.lock().await.push(fetch_now(source));
        fetch(source).await;
    }
}

async fn fetch(source: &str) -> String {
    tokio::task::yield_now().await;
    source.to_owned()
}

fn fetch_now(source: &str) -> String {
    source.to_owned()
}
