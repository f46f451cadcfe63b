//! A concurrent map's reference locks its shard for as long as it lives.

use dashmap::DashMap;

#[derive(Clone, Debug)]
pub struct Peer {
    address: String,
    topics: Vec<String>,
}

pub async fn notify(peers: &DashMap<u64, Peer>, id: u64) -> usize {
    let mut sent = 0;
    if let Some(peer) = peers.get(&id) {
        let address = peer.address.clone();
        let topics = peer.value().topics.clone();
        drop(peer);
        for topic in &topics {
            sent += push(&address, topic).await;
        }
    }
    for entry in peers.iter() {
        let topics = entry.topics.clone();
        sent += topics.len();
        let value = entry.value();
        let copy = value.clone();
        sent += copy.address.len();
    }
    sent
}

async fn push(address: &str, topic: &str) -> usize {
    tokio::task::yield_now().await;
    address.len() + topic.len()
}
