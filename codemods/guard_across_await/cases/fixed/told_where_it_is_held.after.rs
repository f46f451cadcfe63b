use std::sync::Arc;

use tokio::sync::Mutex;

pub struct Told {
    seen: u64,
    names: Vec<String>,
}

pub async fn tell(told: Arc<Mutex<Told>>, name: String) {
    // lock per request
    {
        let mut it = told.lock().await;
        it.seen += 1;
        it.names.push(name);
    }
    // heavy work while holding lock
    heavy().await;
}

async fn heavy() {
    tokio::task::yield_now().await;
}
