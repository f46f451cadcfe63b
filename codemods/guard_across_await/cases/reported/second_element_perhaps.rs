// reason: while it is awaited
use std::sync::Arc;

use tokio::sync::mpsc::error::SendError;
use tokio::sync::mpsc::Sender;
use tokio::sync::Mutex;

type Peers = Mutex<Vec<Arc<Sender<u32>>>>;

/// There may be no second one, which nobody looks for then.
pub async fn where_the_first_fails(peers: &Peers) {
    let peers = peers.lock().await;
    if peers[0].send(1).await.is_err() {
        let _ = peers[1].send(1).await;
    }
}

pub async fn where_the_first_does_not(peers: &Peers) -> Result<(), SendError<u32>> {
    let peers = peers.lock().await;
    peers[0].send(1).await?;
    peers[1].send(1).await
}

/// It is another one each time.
pub async fn by_a_number_that_changes(peers: &Peers) {
    let mut at = 0;
    let peers = peers.lock().await;
    let _ = peers[at].send(1).await;
    at += 1;
    let _ = peers[at].send(1).await;
}
