// level: safe
// prefer: std
use std::sync::{Arc, Mutex, PoisonError};

async fn collect(parts: Vec<u32>) -> Vec<u32> {
    let found = Arc::new(Mutex::new(Vec::new()));
    let mut tasks = Vec::new();
    for part in parts {
        let found = found.clone();
        tasks.push(tokio::spawn(async move {
            let doubled = part * 2;
            found
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(doubled);
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let found = found.lock().unwrap_or_else(PoisonError::into_inner);
    found.clone()
}
