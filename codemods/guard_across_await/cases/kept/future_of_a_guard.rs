use std::sync::Arc;

use tokio::sync::Mutex;

pub async fn later(state: Arc<Mutex<u64>>) -> u64 {
    // Not a guard yet: nothing is locked before it is polled.
    let waiting = state.lock();
    prepare().await;
    let mut state = waiting.await;
    *state += 1;
    *state
}

pub async fn handles(states: &[Arc<Mutex<u64>>]) -> u64 {
    let first = states.first().map(|state| state.try_lock().is_ok());
    let all: Vec<_> = states.iter().map(Arc::clone).collect();
    prepare().await;
    let mut sum = u64::from(first.unwrap_or_default());
    for state in all {
        sum += *state.lock().await;
    }
    sum
}

async fn prepare() {
    tokio::task::yield_now().await;
}
