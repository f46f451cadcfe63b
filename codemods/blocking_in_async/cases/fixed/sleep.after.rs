// level: safe
use std::time::Duration;

pub async fn retry() -> u32 {
    let mut tries = 0;
    while tries < 3 {
        tries += 1;
        tokio::time::sleep(Duration::from_secs(1)).await;
        if ask().await {
            break;
        }
    }
    tries
}

async fn ask() -> bool {
    tokio::time::sleep(Duration::from_millis(1)).await;
    true
}
