use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::{mpsc, Mutex};

pub struct Peer {
    pub outbox: mpsc::Sender<Vec<u8>>,
}

pub struct Registry {
    peers: Mutex<HashMap<u64, Arc<Peer>>>,
}

impl Registry {
    /// Sends a frame to one peer.
    pub async fn send(&self, id: u64, frame: Vec<u8>) -> anyhow::Result<()> {
        // Look the peer up.
        let peer = self.peers.lock().await.get(&id).cloned();
        let Some(peer) = peer else {
            anyhow::bail!("no peer {id}");
        };
        peer.outbox.send(frame).await?;
        Ok(())
    }
}
