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
    let (first, second) = {
        let peers = peers.lock().await;
        (peers[0].clone(), peers[1].clone())
    };
    first.ping().await + second.ping().await
}

pub async fn of_a_map(peers: &Mutex<HashMap<u32, Arc<Peer>>>, from: u32, to: u32) {
    let (found, found_value) = {
        let peers = peers.lock().await;
        (peers[&from].clone(), peers[&to].clone())
    };
    found.ping().await;
    found_value.ping().await;
    found.ping().await;
}

pub async fn together(peers: &Mutex<Vec<Arc<Peer>>>, at: usize) {
    let (first, found) = {
        let peers = peers.lock().await;
        (peers[0].clone(), peers[at].clone())
    };
    tokio::join!(first.ping(), found.ping());
}
