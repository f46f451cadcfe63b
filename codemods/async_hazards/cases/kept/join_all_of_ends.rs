// what ends is there already
use futures::future::join_all;
use std::sync::Arc;

pub struct Peer;

impl Peer {
    async fn close(&self) -> bool {
        tokio::fs::remove_file("peer").await.is_ok()
    }
}

pub async fn close_all(peers: &[Arc<Peer>]) {
    join_all(peers.iter().map(|peer| async move {
        if !peer.close().await {
            println!("not closed");
        }
    }))
    .await;
}
