// edition: 2024

use tokio::sync::Mutex;

async fn fetch(n: u64) -> u64 {
    tokio::task::yield_now().await;
    n
}

fn sum(a: u64, b: u64) -> u64 {
    a + b
}

/// What an `if let` looked at is let go in front of its `else`.
pub(crate) async fn otherwise(jobs: &Mutex<Vec<u64>>) -> u64 {
    if let Some(first) = jobs.lock().await.first() {
        *first
    } else {
        fetch(0).await
    }
}

/// A `bool` in a chain needs nothing of what it was made from.
pub(crate) async fn chained(jobs: &Mutex<Vec<u64>>, wanted: Option<u64>) -> u64 {
    if jobs.lock().await.is_empty()
        && let Some(wanted) = wanted
    {
        fetch(wanted).await
    } else {
        0
    }
}

/// A block's last expression lets go at the block's end, also one that looks like a statement.
pub(crate) async fn tails(jobs: &Mutex<Vec<u64>>) -> u64 {
    let short = sum({ jobs.lock().await.len() as u64 }, fetch(1).await);
    let long = {
        match jobs.lock().await.len() {
            0 => 1,
            len => len as u64,
        }
    } + fetch(2).await;
    short + long
}
