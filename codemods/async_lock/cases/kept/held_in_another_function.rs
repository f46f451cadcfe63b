use std::sync::Arc;

use tokio::sync::Mutex;

#[derive(Clone)]
struct Shared {
    state: Arc<Mutex<Vec<u32>>>,
}

async fn add(shared: Shared, item: u32) {
    shared.state.lock().await.push(item);
}

async fn flush(state: Arc<Mutex<Vec<u32>>>) {
    let mut state = state.lock().await;
    while let Some(item) = state.pop() {
        send(item).await;
    }
}

async fn send(_: u32) {}

async fn start() {
    let shared = Shared { state: Arc::default() };
    add(shared.clone(), 1).await;
    flush(shared.state.clone()).await;
}
