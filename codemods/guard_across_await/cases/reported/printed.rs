// reason: lives in a macro's arguments while `fetch(..)` is awaited on line 13

use tokio::sync::Mutex;

async fn fetch(n: u64) -> u64 {
    tokio::task::yield_now().await;
    n
}

/// All that is printed is held until the line is written.
pub(crate) async fn show(jobs: &Mutex<Vec<u64>>) {
    println!("{}", jobs.lock().await.len());
    println!("{} {}", jobs.lock().await.len(), fetch(2).await);
}
