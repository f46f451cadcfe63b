// level: safe
// prefer: std
use tokio::sync::Mutex;

struct Queue {
    jobs: Mutex<Vec<u64>>,
}

impl Queue {
    async fn take(&self, name: &str) -> Option<u64> {
        let mut jobs = self.jobs.lock().await;
        let first = jobs.len();
        let shown = &name[1..];
        if first > shown.len() {
            jobs.push(1);
        }
        let job = jobs.pop();
        drop(jobs);
        tokio::task::yield_now().await;
        job
    }
}
