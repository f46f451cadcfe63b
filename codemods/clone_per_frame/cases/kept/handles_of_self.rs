//! What `self` holds to be shared is shared; so is what is copied once for a connection.

use std::sync::Arc;

use tokio::sync::mpsc::{Receiver, Sender};

pub struct Session {
    peer: Arc<str>,
    out: Sender<Arc<str>>,
    id: u64,
    name: String,
}

impl Session {
    pub async fn pump(&self, mut frames: Receiver<Vec<u8>>, ids: Sender<u64>) {
        while let Some(_body) = frames.recv().await {
            let _ = self.out.send(self.peer.clone()).await;
            let _ = ids.send(self.id.clone()).await;
        }
    }

    pub async fn greet(&self, out: Sender<String>) {
        let _ = out.send(self.name.clone()).await;
    }
}
