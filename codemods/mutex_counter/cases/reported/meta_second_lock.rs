// reason: `items` is touched under this lock (line 16), as in

use tokio::sync::Mutex;

pub(crate) struct Meta {
    saved: u64,
}

async fn push(items: &Mutex<Vec<u64>>) {
    items.lock().await.push(1);
}

pub(crate) async fn save(meta: &Mutex<Meta>, items: &Mutex<Vec<u64>>) {
    let mut meta = meta.lock().await;
    meta.saved += 1;
    push(items).await;
}

pub(crate) async fn clear(meta: &Mutex<Meta>, items: &Mutex<Vec<u64>>) {
    let mut meta = meta.lock().await;
    meta.saved = 0;
    items.lock().await.clear();
}
