// level: review
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::RwLock;

type Peers = Arc<RwLock<HashMap<u64, String>>>;

async fn ping(address: &str) -> bool {
    tokio::task::yield_now().await;
    !address.is_empty()
}

async fn alive(peers: &Peers) -> usize {
    let peers = peers.read().await;
    let mut alive = 0;
    for address in peers.values() {
        if ping(address).await {
            alive += 1;
        }
    }
    alive
}

async fn is_alive(peers: Peers, id: u64) -> bool {
    match peers.read().await.get(&id) {
        Some(address) => ping(address).await,
        None => false,
    }
}

async fn join(peers: Peers, id: u64, address: String) {
    peers.write().await.insert(id, address);
}

fn peers() -> Peers {
    Arc::new(RwLock::new(HashMap::new()))
}
