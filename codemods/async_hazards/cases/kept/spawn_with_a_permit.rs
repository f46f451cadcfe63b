use std::sync::Arc;
use tokio::sync::Semaphore;

pub async fn fetch_all(urls: Vec<String>, slots: Arc<Semaphore>) {
    for url in urls {
        let permit = slots.clone().acquire_owned().await;
        tokio::spawn(async move {
            let _ = tokio::fs::read(url).await;
            drop(permit);
        });
    }
}

pub async fn inside(urls: Vec<String>, slots: Arc<Semaphore>) {
    for url in urls {
        tokio::spawn(one(url, slots.clone()));
    }
}

async fn one(url: String, slots: Arc<Semaphore>) {
    let _permit = slots.acquire().await;
    let _ = tokio::fs::read(url).await;
}
