use tokio::sync::Mutex;

async fn fetch(n: u64) -> u64 {
    tokio::task::yield_now().await;
    n
}

/// Before edition 2024 a block's last expression holds its lock until the statement's end.
pub(crate) async fn tails(jobs: &Mutex<Vec<u64>>) -> u64 {
    let long = {
        match jobs.lock().await.len() {
            0 => 1,
            len => len as u64,
        }
    } + fetch(2).await;
    long
}
