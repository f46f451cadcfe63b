use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::mpsc::Sender;
use tokio::sync::Mutex;

pub struct Peer {
    sender: Sender<u32>,
}

impl Peer {
    pub async fn ping(&self) -> u32 {
        let _ = self.sender.send(1).await;
        1
    }
}

pub async fn of_a_list(peers: &Mutex<Vec<Arc<Peer>>>) -> u32 {
    let peers = peers.lock().await;
    peers[0].ping().await + peers[1].ping().await
}

pub async fn of_a_map(peers: &Mutex<HashMap<u32, Arc<Peer>>>, from: u32, to: u32) {
    let peers = peers.lock().await;
    peers[&from].ping().await;
    peers[&to].ping().await;
    peers[&from].ping().await;
}

pub async fn together(peers: &Mutex<Vec<Arc<Peer>>>, at: usize) {
    let peers = peers.lock().await;
    tokio::join!(peers[0].ping(), peers[at].ping());
}
