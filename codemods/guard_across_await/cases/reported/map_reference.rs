// reason: comes in as a parameter
use dashmap::mapref::one::Ref;

pub async fn greet(session: Ref<'_, u64, String>) -> usize {
    send(session.len()).await
}

async fn send(count: usize) -> usize {
    tokio::task::yield_now().await;
    count
}
