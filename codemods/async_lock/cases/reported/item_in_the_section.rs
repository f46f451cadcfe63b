// reason: and the item in line 11 would be seen in that alone
use tokio::sync::Mutex;

struct Queue {
    jobs: Mutex<Vec<u64>>,
}

impl Queue {
    async fn next(&self) -> usize {
        let jobs = self.jobs.lock().await;
        fn doubled(n: usize) -> usize {
            n * 2
        }
        let left = doubled(jobs.len());
        drop(jobs);
        tokio::task::yield_now().await;
        doubled(left)
    }
}
